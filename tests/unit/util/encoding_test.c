#include "support/cmocka.h"
#include "util/encoding.h"

#include <string.h>

/* Appends the bytes of `text`, all or nothing. */
static fm_status append_decoded(fm_buf *out, fm_encoding encoding, const char *text)
{
    char bytes[1000];
    size_t len;
    assert_true(fm_encoding_byte_size(encoding, strlen(text)) <= sizeof bytes);
    fm_status status = fm_encoding_decode(bytes, &len, encoding, text, strlen(text));
    return status ? status : fm_buf_add(out, bytes, len);
}

static void assert_pair(fm_encoding encoding, const char *bytes, const char *text)
{
    fm_buf out;
    fm_buf_init(&out, 1000);
    assert_int_equal(fm_encoding_append(&out, encoding, bytes, strlen(bytes)), FM_OK);
    assert_string_equal(out.data, text);
    assert_int_equal(fm_encoding_text_size(encoding, strlen(bytes)), strlen(text));
    fm_buf_reset(&out);
    assert_int_equal(append_decoded(&out, encoding, text), FM_OK);
    assert_string_equal(out.data, bytes);
    fm_buf_free(&out);
}

static void assert_refused(fm_encoding encoding, const char *text)
{
    fm_buf out;
    fm_buf_init(&out, 1000);
    fm_buf_adds(&out, "x");
    assert_int_equal(append_decoded(&out, encoding, text), FM_EPARSE);
    assert_string_equal(out.data, "x");
    fm_buf_free(&out);
}

static void assert_decodes(fm_encoding encoding, const char *text, const char *bytes)
{
    char out[64];
    size_t len;
    assert_int_equal(fm_encoding_decode(out, &len, encoding, text, strlen(text)), FM_OK);
    assert_true(len <= fm_encoding_byte_size(encoding, strlen(text)));
    assert_int_equal(len, strlen(bytes));
    assert_memory_equal(out, bytes, len);
}

/* RFC 4648 section 10; base32hex in lower case and without padding. */
static void test_published_vectors(void **state)
{
    (void)state;
    static const char *const vectors[][4] = {
        {"", "", "", ""},
        {"f", "Zg==", "co", "66"},
        {"fo", "Zm8=", "cpng", "666f"},
        {"foo", "Zm9v", "cpnmu", "666f6f"},
        {"foob", "Zm9vYg==", "cpnmuog", "666f6f62"},
        {"fooba", "Zm9vYmE=", "cpnmuoj1", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "cpnmuoj1e8", "666f6f626172"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_pair(FM_BASE64, vectors[i][0], vectors[i][1]);
        assert_pair(FM_BASE32HEX, vectors[i][0], vectors[i][2]);
        assert_pair(FM_HEX, vectors[i][0], vectors[i][3]);
    }
}

static void test_alphabets(void **state)
{
    (void)state;
    assert_pair(FM_BASE64, "\xfb\xff\xfe", "+//+");
    assert_pair(FM_BASE64URL, "\xfb\xff\xfe", "-__-");
    assert_pair(FM_BASE64URL, "fo", "Zm8");
    assert_decodes(FM_BASE64URL, "Zm8=", "fo");
    assert_decodes(FM_BASE64, "Zm8", "fo");
    assert_decodes(FM_BASE32HEX, "CPNMUOJ1E8", "foobar");
    assert_decodes(FM_HEX, "6F6f", "oo");
}

static void test_strictness(void **state)
{
    (void)state;
    assert_refused(FM_BASE64, "Zm9v\n");
    assert_refused(FM_BASE64, " Zm9v");
    assert_refused(FM_BASE64, "-__-");
    assert_refused(FM_BASE64, "Zg=");
    assert_refused(FM_BASE64, "Z===");
    assert_refused(FM_BASE64, "Z");
    assert_refused(FM_BASE64, "A");
    assert_refused(FM_BASE64, "AAAAA");
    assert_refused(FM_BASE32HEX, "0");
    assert_refused(FM_HEX, "000");
    assert_refused(FM_BASE64, "====");
    assert_refused(FM_BASE64, "Zg==Zg==");
    assert_refused(FM_BASE64, "Zh==");
    assert_refused(FM_BASE64URL, "Zm9");
    assert_refused(FM_BASE64URL, "+//+");
    assert_refused(FM_BASE32HEX, "c");
    assert_refused(FM_BASE32HEX, "cp=");
    assert_refused(FM_BASE32HEX, "cw");
    assert_refused(FM_HEX, "6");
    assert_refused(FM_HEX, "6g");
    assert_refused(FM_HEX, "0x66");
    char out[4];
    size_t len;
    assert_int_equal(fm_encoding_decode(out, &len, FM_HEX, "6\0", 2), FM_EPARSE);
}

static void test_every_byte_and_length_comes_back(void **state)
{
    (void)state;
    unsigned char bytes[67], back[67];
    char text[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (fm_encoding encoding = FM_HEX; encoding <= FM_BASE64URL; encoding++)
        for (size_t len = 0; len <= sizeof bytes; len++) {
            size_t size = fm_encoding_text_size(encoding, len), back_len;
            fm_encoding_encode(text, encoding, bytes, len);
            assert_int_equal(fm_encoding_decode(back, &back_len, encoding, text, size), FM_OK);
            assert_int_equal(back_len, len);
            assert_memory_equal(back, bytes, len);
        }
}

static void test_full_buffer(void **state)
{
    (void)state;
    fm_buf out;
    fm_buf_init(&out, 3);
    assert_int_equal(fm_encoding_append(&out, FM_HEX, "ab", 2), FM_ELIMIT);
    fm_buf_reset(&out);
    assert_int_equal(append_decoded(&out, FM_HEX, "6162636465"), FM_ELIMIT);
    fm_buf_free(&out);
}

static void test_hex_digits(void **state)
{
    (void)state;
    assert_int_equal(fm_encoding_hex_digit('0'), 0);
    assert_int_equal(fm_encoding_hex_digit('9'), 9);
    assert_int_equal(fm_encoding_hex_digit('a'), 10);
    assert_int_equal(fm_encoding_hex_digit('F'), 15);
    for (const char *c = "/:@G`g\x80\0 "; *c; c++)
        assert_int_equal(fm_encoding_hex_digit(*c), -1);
    assert_int_equal(fm_encoding_hex_digit('\0'), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors), cmocka_unit_test(test_alphabets),
        cmocka_unit_test(test_strictness),        cmocka_unit_test(test_every_byte_and_length_comes_back),
        cmocka_unit_test(test_full_buffer),       cmocka_unit_test(test_hex_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
