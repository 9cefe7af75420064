/**
 * @file evidence.h
 * Only evidence counts as absence, and only evidence counts as done. What an answer must be for that stands here and
 * nowhere else; providers ask these functions, and give to a sink what they say.
 *
 * **A listing** is one of the calendar that was asked about, in the form that its protocol gives it, read to its end:
 * of WebDAV a 207 whose root is a multistatus, of sync-collection with its token, of PROPFIND with a row for the
 * collection itself; of Google an object with `items` and, on the last page, a sync token; of a folder a folder that is
 * still there at the end. Anything else is no answer, as if nobody had answered: never an empty calendar.
 *
 * **A row** of it that is there and not understood (an object that its server cannot give, that is no calendar object,
 * that lies where no object of this calendar can lie) is handed on as FM_OBJECT_UNREAD. What the other rows leave out
 * counts only as far as none of these can be it (state/absence.h).
 *
 * **A 404** for an object that a listing has just named is that object's error. **A write** is done where an answer
 * says so that a server gives to just this write; any other answer settles nothing, and what is there is read.
 */
#ifndef FM_PROVIDER_EVIDENCE_H
#define FM_PROVIDER_EVIDENCE_H

#include "fmcal/provider.h"

/**
 * Describes an answer that is none: FM_ENETWORK, for a portal or a proxy stands between, and passes.
 * @param what  starts the sentence: "listing the calendar"
 * @param why   what is wrong with it: "HTTP 200 is no answer to PROPFIND"
 */
fm_status fm_evidence_no_answer(fm_error *err, const char *domain, const char *what, const char *why);

/** Whether a status says that a PUT was carried out: 201, 204; 200 only without a body. */
bool fm_evidence_of_put(int code, bool has_body);
/** Whether it says so of a DELETE: 204; 200 and 202 only without a body, or where the body says so in the protocol's
 * form. */
bool fm_evidence_of_delete(int code, bool body_agrees);

/** What can be said of an iCalendar object without reading all of it. */
typedef struct fm_evidence_object {
    char *uid;         /**< owned, NULL where none is named, or where the object is cut short */
    const char *wrong; /**< what is wrong with it, for FM_OBJECT_UNREAD; NULL: nothing. A literal. */
} fm_evidence_object;

/** Looks at an iCalendar object: a VCALENDAR from end to end, with a UID. FM_ENOMEM. */
fm_status fm_evidence_of_object(fm_evidence_object *out, const char *text, size_t len, fm_error *err);

/** Hands an iCalendar object on: as FM_OBJECT_CHANGED, or UNREAD where something is wrong with it. The sink's failures.
 */
fm_status fm_evidence_hand_on(const fm_object_sink *sink, const char *href, const char *etag, const char *text,
                              size_t len, fm_error *err);
/** Hands on that an object is there and cannot be read. `uid` and `etag` may be NULL. The sink's failures. */
fm_status fm_evidence_unread(const fm_object_sink *sink, const char *href, const char *uid, const char *etag,
                             const char *why, fm_error *err);

#endif
