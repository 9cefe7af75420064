#include "provider/evidence.h"
#include "core/ical/ical.h"
#include "util/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

fm_status fm_evidence_no_answer(fm_error *err, const char *domain, const char *what, const char *why)
{
    return fm_error_set(err, FM_ENETWORK, domain, "%s: %s (does a sign-in page or a proxy stand between?)", what, why);
}

bool fm_evidence_of_put(int code, bool has_body)
{
    return code == 201 || code == 204 || (code == 200 && !has_body);
}

bool fm_evidence_of_delete(int code, bool body_agrees)
{
    return code == 204 || ((code == 200 || code == 202) && body_agrees);
}

/* ------------------------------------------------------------------ objects */

static bool begins_with(const char *text, size_t len, const char *word)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (len >= 3 && memcmp(text, mark, 3) == 0) {
        text += 3;
        len -= 3;
    }
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    return len >= strlen(word) && strncasecmp(text, word, strlen(word)) == 0;
}

/* Whether the last line that is not blank is an END. */
static bool ends_whole(const char *text, size_t len)
{
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    size_t start = len;
    while (start && text[start - 1] != '\n' && text[start - 1] != '\r')
        start--;
    return len - start >= 4 && strncasecmp(text + start, "END:", 4) == 0;
}

fm_status fm_evidence_of_object(fm_evidence_object *out, const char *text, size_t len, fm_error *err)
{
    *out = (fm_evidence_object){0};
    bool whole = ends_whole(text, len);
    if (whole && fm_ical_uid(text, len, &out->uid))
        return fm_error_no_memory(err, "provider");
    if (!begins_with(text, len, "BEGIN:VCALENDAR"))
        out->wrong = "this is no calendar object: it does not begin with VCALENDAR";
    else if (!whole)
        out->wrong = "the calendar object is cut short";
    else if (!out->uid)
        out->wrong = "the calendar object has no UID";
    return FM_OK;
}

fm_status fm_evidence_unread(const fm_object_sink *sink, const char *href, const char *uid, const char *etag,
                             const char *why, fm_error *err)
{
    const fm_object object = {.kind = FM_OBJECT_UNREAD, .href = href, .uid = uid, .etag = etag, .why = why};
    return sink->object(sink->data, &object, err);
}

fm_status fm_evidence_hand_on(const fm_object_sink *sink, const char *href, const char *etag, const char *text,
                              size_t len, fm_error *err)
{
    fm_evidence_object found;
    fm_status status = fm_evidence_of_object(&found, text, len, err);
    if (status)
        return status;
    const fm_object object = {
        .kind = FM_OBJECT_CHANGED, .href = href, .uid = found.uid, .etag = etag, .text = text, .text_len = len};
    status = found.wrong ? fm_evidence_unread(sink, href, found.uid, etag, found.wrong, err)
                         : sink->object(sink->data, &object, err);
    free(found.uid);
    return status;
}
