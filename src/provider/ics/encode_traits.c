/* What an event says of itself beside its texts, written where it is said and differs from what is there. */
#include "core/ical/line.h"
#include "provider/event/color.h"
#include "provider/event/same.h"
#include "provider/ics/edit.h"

#include <stdio.h>
#include <string.h>

static void encode_url(fm_ics_edit *e)
{
    fm_buf clean;
    if (!e->want->url)
        return;
    if (!fm_ics_is_there(e, &clean, e->want->url, e->have.url) && !e->status) {
        if (strpbrk(clean.data, "\n\t"))
            e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN, "the url of the event is more than one line");
        else
            fm_buf_add(&e->scratch, clean.data, clean.len);
        fm_ics_edit_from_scratch(e, "URL");
    }
    fm_buf_free(&clean);
}

static void encode_color(fm_ics_edit *e)
{
    const char *want = e->want->color;
    if (!want || fm_text_same(want, e->have.color) || e->status)
        return;
    const char *name = *want ? fm_color_css_name(want) : "";
    if (!name) {
        e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN,
                                 "the color \"%.40s\" is neither a CSS name such as \"teal\" nor #rrggbb", want);
        return;
    }
    fm_buf_adds(&e->scratch, name);
    fm_ics_edit_from_scratch(e, "COLOR");
    fm_ics_encode_metadata(e, ICS_COLOR_MARK, strcmp(want, name) == 0 ? "" : want, NULL);
    if (strcmp(want, name) == 0)
        fm_ics_edit_remove(e, ICS_COLOR_MARK, 0);
}

static void encode_visibility(fm_ics_edit *e)
{
    static const struct {
        const char *word, *value;
    } classes[] = {{"", ""}, {"public", "PUBLIC"}, {"private", "PRIVATE"}, {"confidential", "CONFIDENTIAL"}};
    const char *want = e->want->visibility;
    if (!want || fm_text_same(want, e->have.visibility) || e->status)
        return;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strcmp(classes[i].word, want) != 0)
            continue;
        fm_buf_adds(&e->scratch, classes[i].value);
        fm_ics_edit_from_scratch(e, "CLASS");
        return;
    }
    e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN,
                             "the visibility \"%.40s\" is none of \"public\", \"private\" and \"confidential\"", want);
}

/* Compared with what the dates have made of it. */
static void encode_busy(fm_ics_edit *e)
{
    const fm_ical_line *line = fm_ics_property(&e->object, "TRANSP");
    bool is_free = line && fm_span_is(fm_span_trim(line->parts.value), "TRANSPARENT");
    if (e->want->busy == FM_YES && is_free)
        fm_ics_edit_value(e, "TRANSP", fm_span_of("OPAQUE"));
    else if (e->want->busy == FM_NO && !is_free)
        fm_ics_edit_value(e, "TRANSP", fm_span_of("TRANSPARENT"));
}

static void encode_extras(fm_ics_edit *e)
{
    for (size_t i = 0; i < e->want->extras.count; i++) {
        const fm_extra *extra = &e->want->extras.items[i];
        char name[FM_EXTRA_NAME_MAX + sizeof "X-"];
        snprintf(name, sizeof name, "X-%s", extra->name);
        fm_ics_encode_metadata(e, name, extra->value, fm_extras_get(&e->have.extras, extra->name));
    }
}

void fm_ics_encode_traits(fm_ics_edit *e)
{
    encode_url(e);
    encode_color(e);
    encode_visibility(e);
    encode_busy(e);
    encode_extras(e);
}
