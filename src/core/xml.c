#include "core/xml.h"
#include "util/alloc.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char domain[] = "xml";

struct fm_xml {
    XML_Parser parser;
    fm_xml_handler handler;
    void *data;
    fm_buf text; /* of the element at hand, since the last tag */
    unsigned depth;
    fm_error error; /* why it stopped; status FM_OK while it goes well */
};

/* Stops the parser from within a callback. */
static void stop(fm_xml *xml)
{
    XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    fm_xml *xml = data;
    if (xml->error.status)
        return;
    fm_buf_reset(&xml->text);
    if (++xml->depth > FM_XML_DEPTH_MAX)
        fm_error_set(&xml->error, FM_ELIMIT, domain, "elements are nested deeper than %d", FM_XML_DEPTH_MAX);
    else
        xml->handler.start(xml->data, name, attributes, &xml->error);
    if (xml->error.status)
        stop(xml);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    fm_xml *xml = data;
    if (xml->error.status)
        return;
    xml->depth--;
    if (xml->handler.end(xml->data, name, xml->text.data, xml->text.len, &xml->error))
        stop(xml);
    fm_buf_reset(&xml->text);
}

static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
    fm_xml *xml = data;
    if (xml->error.status)
        return;
    fm_status status = fm_buf_add(&xml->text, text, (size_t)len);
    if (!status)
        return;
    if (status == FM_ELIMIT)
        fm_error_set(&xml->error, status, domain, "an element holds more than %zu bytes of text", xml->text.max_bytes);
    else
        fm_error_no_memory(&xml->error, domain);
    stop(xml);
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
                               int has_internal_subset)
{
    fm_xml *xml = data;
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    fm_error_set(&xml->error, FM_ELIMIT, domain, "the document has a DOCTYPE, which is refused");
    stop(xml);
}

fm_status fm_xml_new(fm_xml **out, const fm_xml_handler *handler, void *data, size_t max_text_bytes, fm_error *err)
{
    fm_xml *xml = calloc(1, sizeof *xml);
    XML_Parser parser = XML_ParserCreateNS(NULL, ' ');
    *out = NULL;
    if (!xml || !parser) {
        free(xml);
        XML_ParserFree(parser);
        return fm_error_no_memory(err, domain);
    }
    xml->parser = parser;
    xml->handler = *handler;
    xml->data = data;
    fm_buf_init(&xml->text, max_text_bytes);
    XML_SetUserData(parser, xml);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    *out = xml;
    return FM_OK;
}

void fm_xml_free(fm_xml *xml)
{
    if (!xml)
        return;
    XML_ParserFree(xml->parser);
    fm_buf_free(&xml->text);
    free(xml);
}

static fm_status report(const fm_xml *xml, fm_error *err)
{
    if (err)
        *err = xml->error;
    return xml->error.status;
}

static fm_status parse(fm_xml *xml, const char *bytes, size_t len, int final, fm_error *err)
{
    if (xml->error.status)
        return report(xml, err);
    if (XML_Parse(xml->parser, bytes, (int)len, final) == XML_STATUS_OK)
        return FM_OK;
    enum XML_Error code = XML_GetErrorCode(xml->parser);
    if (!xml->error.status && code == XML_ERROR_NO_MEMORY) {
        fm_error_no_memory(&xml->error, domain);
    } else if (!xml->error.status) {
        unsigned line = (unsigned)XML_GetCurrentLineNumber(xml->parser);
        unsigned column = (unsigned)XML_GetCurrentColumnNumber(xml->parser) + 1;
        fm_error_set(&xml->error, FM_EPARSE, domain, "not well-formed XML: %s at line %u, column %u",
                     XML_ErrorString(code), line, column);
        xml->error.line = line;
        xml->error.column = column;
    }
    return report(xml, err);
}

fm_status fm_xml_feed(fm_xml *xml, const char *bytes, size_t len, fm_error *err)
{
    fm_status status = FM_OK;
    while (len > INT_MAX && !status) {
        status = parse(xml, bytes, INT_MAX, 0, err);
        bytes += INT_MAX;
        len -= INT_MAX;
    }
    return status ? status : parse(xml, bytes, len, 0, err);
}

fm_status fm_xml_finish(fm_xml *xml, fm_error *err)
{
    return parse(xml, "", 0, 1, err);
}

fm_status fm_xml_escape(fm_buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '&')
            fm_buf_adds(out, "&amp;");
        else if (c == '<')
            fm_buf_adds(out, "&lt;");
        else if (c == '>')
            fm_buf_adds(out, "&gt;");
        else if (c == '"')
            fm_buf_adds(out, "&quot;");
        else if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
            fm_buf_addc(out, (char)c);
    }
    return out->status;
}
