#include "core/dns.h"
#include "support/cmocka.h"

#include <string.h>

/* A DNS message being written. */
typedef struct message {
    unsigned char bytes[2048];
    size_t len;
} message;

static void put16(message *m, unsigned value)
{
    m->bytes[m->len++] = (unsigned char)(value >> 8);
    m->bytes[m->len++] = (unsigned char)value;
}

static void put_name(message *m, const char *name)
{
    while (*name) {
        size_t size = strcspn(name, ".");
        m->bytes[m->len++] = (unsigned char)size;
        memcpy(m->bytes + m->len, name, size);
        m->len += size;
        name += size + (name[size] == '.');
    }
    m->bytes[m->len++] = 0;
}

/* The header of an answer without question and with that many records. */
static message answer(unsigned records)
{
    message m = {0};
    put16(&m, 1);
    put16(&m, 0x8180);
    put16(&m, 0);
    put16(&m, records);
    put16(&m, 0);
    put16(&m, 0);
    return m;
}

/* The head of a record; the length of its data is set by end_record(). */
static size_t begin_record(message *m, unsigned type)
{
    put_name(m, "_caldavs._tcp.example.com");
    put16(m, type);
    put16(m, 1);
    put16(m, 0);
    put16(m, 60);
    put16(m, 0);
    return m->len;
}

static void end_record(message *m, size_t start)
{
    m->bytes[start - 2] = (unsigned char)((m->len - start) >> 8);
    m->bytes[start - 1] = (unsigned char)(m->len - start);
}

static void put_srv(message *m, unsigned priority, unsigned weight, unsigned port, const char *host)
{
    size_t start = begin_record(m, 33);
    put16(m, priority);
    put16(m, weight);
    put16(m, port);
    put_name(m, host);
    end_record(m, start);
}

static void put_txt(message *m, const char *first, const char *second)
{
    size_t start = begin_record(m, 16);
    const char *strings[] = {first, second};
    for (size_t i = 0; i < 2 && strings[i]; i++) {
        m->bytes[m->len++] = (unsigned char)strlen(strings[i]);
        memcpy(m->bytes + m->len, strings[i], strlen(strings[i]));
        m->len += strlen(strings[i]);
    }
    end_record(m, start);
}

static void test_the_best_server_counts(void **state)
{
    (void)state;
    fm_dns_service s = {0};
    message m = answer(4);
    put_srv(&m, 20, 100, 1, "backup.example.com");
    put_srv(&m, 10, 5, 2, "small.example.com");
    put_srv(&m, 10, 50, 8443, "dav.example.com");
    put_txt(&m, "path=/x", NULL);
    assert_int_equal(fm_dns_read_srv(&s, m.bytes, m.len), FM_OK);
    assert_string_equal(s.host, "dav.example.com");
    assert_int_equal(s.port, 8443);
}

static void test_a_dot_means_not_here(void **state)
{
    (void)state;
    fm_dns_service s = {0};
    message m = answer(1);
    put_srv(&m, 0, 0, 0, "");
    assert_int_equal(fm_dns_read_srv(&s, m.bytes, m.len), FM_ENOTFOUND);
    m = answer(0);
    assert_int_equal(fm_dns_read_srv(&s, m.bytes, m.len), FM_ENOTFOUND);
}

static void test_the_path(void **state)
{
    (void)state;
    fm_dns_service s = {0};
    message m = answer(2);
    put_txt(&m, "other=1", "path=relative");
    put_txt(&m, "txtvers=1", "path=/dav/");
    assert_int_equal(fm_dns_read_path(&s, m.bytes, m.len), FM_OK);
    assert_string_equal(s.path, "/dav/");
    m = answer(1);
    put_txt(&m, "path=", NULL);
    assert_int_equal(fm_dns_read_path(&s, m.bytes, m.len), FM_ENOTFOUND);
}

/* Every prefix and every flipped byte of an answer is read without harm. */
static void test_damaged_answers(void **state)
{
    (void)state;
    fm_dns_service s = {0};
    message m = answer(2);
    put_srv(&m, 1, 1, 443, "dav.example.com");
    put_txt(&m, "path=/dav/", "path=/x");
    for (size_t len = 0; len < m.len; len++) {
        unsigned char part[2048];
        memcpy(part, m.bytes, len);
        assert_true(fm_dns_read_srv(&s, part, len) <= 0);
        assert_true(fm_dns_read_path(&s, part, len) <= 0);
    }
    for (size_t at = 0; at < m.len; at++) {
        message damaged = m;
        damaged.bytes[at] ^= 0xFF;
        (void)fm_dns_read_srv(&s, damaged.bytes, damaged.len);
        (void)fm_dns_read_path(&s, damaged.bytes, damaged.len);
        assert_true(strlen(s.host) < FM_DNS_NAME_MAX && strlen(s.path) < FM_DNS_PATH_MAX);
    }
    assert_int_equal(fm_dns_read_srv(&s, m.bytes, 100000), FM_EPARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_server_counts),
        cmocka_unit_test(test_a_dot_means_not_here),
        cmocka_unit_test(test_the_path),
        cmocka_unit_test(test_damaged_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
