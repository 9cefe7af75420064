#include "core/http/sockets.h"
#include "support/cmocka.h"
#include "support/server.h"

#include <fcntl.h>

static void test_sockets_are_known_while_they_are_open(void **state)
{
    (void)state;
    test_server server;
    fm_http_sockets sockets = {0};
    test_server_start_scripted(&server, NULL);
    CURL *easy = curl_easy_init();
    assert_int_equal(fm_http_sockets_attach(&sockets, easy), CURLE_OK);
    curl_easy_setopt(easy, CURLOPT_URL, server.url);
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    assert_int_equal(sockets.count, 1);
    assert_true(fcntl(sockets.items[0], F_GETFD) & FD_CLOEXEC);
    fm_http_sockets_acknowledge(&sockets);
    curl_easy_cleanup(easy);
    assert_int_equal(sockets.count, 0);
    fm_http_sockets_free(&sockets);
    test_server_stop(&server);
}

static void test_a_socket_that_cannot_be_opened(void **state)
{
    (void)state;
    fm_http_sockets sockets = {0};
    CURL *easy = curl_easy_init();
    assert_int_equal(fm_http_sockets_attach(&sockets, easy), CURLE_OK);
    curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1:9/");
    assert_int_equal(curl_easy_perform(easy), CURLE_COULDNT_CONNECT);
    assert_int_equal(sockets.count, 0);
    curl_easy_cleanup(easy);
    fm_http_sockets_free(&sockets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets_are_known_while_they_are_open),
        cmocka_unit_test(test_a_socket_that_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
