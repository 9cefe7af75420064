/* The calendars of a vdir: which there are, what they are called, and choosing one. */
#include "provider/vdir/object.h"
#include "provider/vdir/vdir_impl.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/stage.h"
#include "util/system_error.h"
#include "util/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char domain[] = "vdir";

/* Leftovers younger than this may belong to a process at work. */
enum { MAX_LABEL_BYTES = 1000, LISTED_NAMES = 10 };

char *fm_vdir_path(const char *folder, const char *name)
{
    char *path = NULL;
    if (strcmp(name, ".") == 0)
        return strdup(folder);
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return NULL;
    return path;
}

/* ------------------------------------------------------------------ names */

static fm_status add_name(fm_vdir_names *names, const char *name)
{
    if (fm_grow(&names->items, &names->cap, names->count + 1, sizeof *names->items))
        return FM_ENOMEM;
    names->items[names->count] = strdup(name);
    return names->items[names->count] ? (names->count++, FM_OK) : FM_ENOMEM;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

fm_status fm_vdir_names_read(fm_vdir_names *out, const char *path, bool (*accept)(const char *path, const char *name),
                             fm_error *err)
{
    *out = (fm_vdir_names){0};
    DIR *dir = opendir(path);
    if (!dir)
        return fm_system_error(err, errno, domain, "cannot list the calendar folder %s", path);
    fm_status status = FM_OK;
    while (!status) {
        errno = 0; /* tells the end from a failure */
        const struct dirent *entry = readdir(dir);
        if (!entry)
            break;
        if (accept(path, entry->d_name) && add_name(out, entry->d_name))
            status = fm_error_no_memory(err, domain);
    }
    if (!status && errno)
        status = fm_system_error(err, errno, domain, "cannot list the calendar folder %s", path);
    closedir(dir);
    if (status)
        fm_vdir_names_clear(out);
    else if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare);
    return status;
}

void fm_vdir_names_clear(fm_vdir_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (fm_vdir_names){0};
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_subfolder(const char *path, const char *name)
{
    if (name[0] == '.')
        return false;
    char *whole = fm_vdir_path(path, name);
    bool folder = whole && is_folder(whole);
    free(whole);
    return folder;
}

static bool is_object(const char *path, const char *name)
{
    (void)path;
    return fm_vdir_is_object(name);
}

/* ------------------------------------------------------------------ labels */

/* The first line of a small file beside the objects ("displayname", "color"); NULL where there is none. */
static char *read_label(const char *folder, const char *file)
{
    fm_buf text;
    fm_buf_init(&text, MAX_LABEL_BYTES);
    char *path = fm_vdir_path(folder, file), *label = NULL;
    if (path && !fm_file_read(&text, NULL, path, NULL)) {
        size_t len = strcspn(text.data, "\r\n");
        while (len && text.data[len - 1] == ' ')
            len--;
        size_t at = 0;
        for (size_t n; at < len && (n = fm_utf8_character(text.data + at, len - at)) > 0;)
            at += n;
        if (len && at == len)
            label = strndup(text.data, len);
    }
    free(path);
    fm_buf_free(&text);
    return label;
}

/* "#rrggbb", from that or from "#rrggbbaa" as Apple writes it; NULL for anything else. */
static char *read_color(const char *folder)
{
    char *color = read_label(folder, "color");
    size_t len = color ? strlen(color) : 0;
    bool good = (len == 7 || len == 9) && color[0] == '#' && strspn(color + 1, "0123456789abcdefABCDEF") == len - 1;
    if (good)
        color[7] = '\0';
    else {
        free(color);
        color = NULL;
    }
    return color;
}

/* What a calendar is called: its label, else its subfolder, else the last part of the path. Owned by the caller. */
static char *display_name(const char *folder, const char *id)
{
    char *label = read_label(folder, "displayname");
    if (label)
        return label;
    if (strcmp(id, ".") != 0)
        return strdup(id);
    const char *slash = strrchr(folder, '/');
    return strdup(slash && slash[1] ? slash + 1 : folder);
}

/* ------------------------------------------------------------------ choosing */

/* Names as a sentence lists them. */
static void list_names(fm_buf *list, const fm_vdir_names *names)
{
    for (size_t i = 0; i < names->count && i < LISTED_NAMES; i++)
        fm_buf_addf(list, "%s%.40s", i ? ", " : "", names->items[i]);
    fm_buf_adds(list, names->count > LISTED_NAMES ? ", …" : "");
}

static fm_status several(const fm_vdir_names *folders, const char *root, fm_error *err)
{
    fm_buf list;
    fm_buf_init(&list, FM_ERROR_MESSAGE_MAX);
    list_names(&list, folders);
    fm_error_set(err, FM_EINVAL, domain, "%s holds several calendars: set \"calendar_id\" to one of %s", root,
                 list.data);
    fm_buf_free(&list);
    return FM_EINVAL;
}

/* What "primary" means in a folder. `id` is owned by the caller. */
static fm_status choose_primary(char **id, const char *root, fm_error *err)
{
    fm_vdir_names folders, objects = {0};
    fm_status status = fm_vdir_names_read(&folders, root, is_subfolder, err);
    if (status)
        return status;
    const char *choice = NULL;
    for (size_t i = 0; i < folders.count; i++)
        if (strcmp(folders.items[i], "primary") == 0)
            choice = folders.items[i];
    if (!choice && !(status = fm_vdir_names_read(&objects, root, is_object, err))) {
        if (objects.count || !folders.count)
            choice = ".";
        else if (folders.count == 1)
            choice = folders.items[0];
        else
            status = several(&folders, root, err);
    }
    if (choice && !(*id = strdup(choice)))
        status = fm_error_no_memory(err, domain);
    fm_vdir_names_clear(&folders);
    fm_vdir_names_clear(&objects);
    return status;
}

/* The subfolder whose label is `name`; NULL where there is none. Owned by the caller. */
static char *find_by_label(const char *root, const char *name)
{
    fm_vdir_names folders;
    char *found = NULL;
    if (fm_vdir_names_read(&folders, root, is_subfolder, NULL))
        return NULL;
    for (size_t i = 0; i < folders.count && !found; i++) {
        char *path = fm_vdir_path(root, folders.items[i]);
        char *label = path ? read_label(path, "displayname") : NULL;
        if (label && strcmp(label, name) == 0)
            found = strdup(folders.items[i]);
        free(label);
        free(path);
    }
    fm_vdir_names_clear(&folders);
    return found;
}

/* What "primary" chose last time in this folder, where it still is; NULL otherwise. Borrowed. */
static const char *chosen_before(const fm_vdir *v)
{
    size_t len = strlen(v->root);
    if (!v->discovery || strncmp(v->discovery, v->root, len) != 0 || v->discovery[len] != '\n')
        return NULL;
    const char *id = v->discovery + len + 1;
    return strcmp(id, ".") == 0 || is_subfolder(v->root, id) ? id : NULL;
}

static fm_status choose_id(fm_vdir *v, fm_error *err)
{
    const char *before = v->wanted ? NULL : chosen_before(v);
    if (before) {
        v->id = strdup(before);
    } else if (!v->wanted) {
        return choose_primary(&v->id, v->root, err);
    } else {
        if (strcmp(v->wanted, ".") != 0 && !is_subfolder(v->root, v->wanted))
            v->id = find_by_label(v->root, v->wanted);
        if (!v->id)
            v->id = strdup(v->wanted);
    }
    return v->id ? FM_OK : fm_error_no_memory(err, domain);
}

/* A calendar that is not among those there are is a mistake in the name; where there are none the first is made. */
static fm_status refuse_stranger(const fm_vdir *v, fm_error *err)
{
    if (v->bound || is_folder(v->folder))
        return FM_OK;
    fm_vdir_names folders;
    fm_status status = fm_vdir_names_read(&folders, v->root, is_subfolder, err);
    if (!status && folders.count) {
        fm_buf list;
        fm_buf_init(&list, FM_ERROR_MESSAGE_MAX);
        list_names(&list, &folders);
        status =
            fm_error_set(err, FM_ENOTFOUND, domain,
                         "there is no calendar %s in %s, which has %s: set \"calendar_id\" to one of them, or make the "
                         "folder first",
                         v->id, v->root, list.data);
        fm_buf_free(&list);
    }
    fm_vdir_names_clear(&folders);
    return status;
}

/* Makes a folder and those above it. */
static fm_status make_folders(const char *path, fm_error *err)
{
    char *copy = strdup(path);
    if (!copy)
        return fm_error_no_memory(err, domain);
    fm_status status = FM_OK;
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(copy, 0777); /* what fails here shows at the last one */
        *slash = '/';
    }
    int error = mkdir(copy, 0777) ? errno : 0;
    if (error && !is_folder(path))
        status = fm_system_error(err, error, domain, "cannot make the calendar folder %s", path);
    free(copy);
    return status;
}

/* Deals with a folder that is not there. `absent` is set in a dry run. */
static fm_status need_folder(fm_vdir *v, const char *path, fm_error *err)
{
    if (is_folder(path))
        return FM_OK;
    if (v->bound)
        return fm_error_set(err, FM_ENOTFOUND, domain,
                            "the calendar folder %s is gone: put it back, or point endpoint at where it is now; "
                            "for a new calendar make it first",
                            path);
    v->absent = v->base.context.env->read_only;
    return v->absent ? FM_OK : make_folders(path, err);
}

fm_status fm_vdir_choose(fm_vdir *v, fm_error *err)
{
    if (v->is_open)
        return FM_OK;
    fm_status status = need_folder(v, v->endpoint, err);
    if (status)
        return status;
    free(v->root);
    v->root = v->absent ? strdup(v->endpoint) : realpath(v->endpoint, NULL);
    if (!v->root)
        return fm_system_error(err, errno, domain, "cannot find the folder %s", v->endpoint);
    free(v->id);
    v->id = NULL;
    if (!v->absent)
        status = choose_id(v, err);
    else if (!(v->id = strdup(v->wanted ? v->wanted : ".")))
        status = fm_error_no_memory(err, domain);
    if (status)
        return status;
    free(v->folder);
    if (!(v->folder = fm_vdir_path(v->root, v->id)))
        return fm_error_no_memory(err, domain);
    if (!v->absent && ((status = refuse_stranger(v, err)) || (status = need_folder(v, v->folder, err))))
        return status;
    free(v->name);
    if (!(v->name = display_name(v->folder, v->id)))
        return fm_error_no_memory(err, domain);
    bool writable = v->absent || access(v->folder, W_OK | X_OK) == 0;
    if (!v->absent && writable && !v->base.context.env->read_only)
        fm_vdir_sweep(v->folder, FM_STAGE_OLD_S);
    free(v->choice);
    if (asprintf(&v->choice, "%s\n%s", v->root, v->id) < 0) {
        v->choice = NULL;
        return fm_error_no_memory(err, domain);
    }
    v->binding = (fm_binding){
        .account = v->root, .calendar_id = v->id, .name = v->name, .discovery = v->choice, .writable = writable};
    v->is_open = true;
    return FM_OK;
}

/* ------------------------------------------------------------------ listing */

static fm_status report(const char *root, const char *id, const char *primary, fm_calendar_fn fn, void *data,
                        fm_error *err)
{
    char *path = fm_vdir_path(root, id), *name = path ? display_name(path, id) : NULL;
    fm_status status = name ? FM_OK : fm_error_no_memory(err, domain);
    char *color = path ? read_color(path) : NULL;
    if (!status) {
        fm_calendar calendar = {.id = id, .name = name, .color = color, .events = true};
        calendar.writable = access(path, W_OK | X_OK) == 0;
        calendar.primary = primary && strcmp(primary, id) == 0;
        status = fn(data, &calendar, err);
    }
    free(color);
    free(name);
    free(path);
    return status;
}

fm_status fm_vdir_list_calendars(fm_vdir *v, fm_calendar_fn fn, void *data, fm_error *err)
{
    fm_vdir_names folders = {0}, objects = {0};
    char *root = realpath(v->endpoint, NULL), *primary = NULL;
    if (!root)
        return fm_system_error(err, errno, domain, "cannot find the folder %s", v->endpoint);
    fm_status status = fm_vdir_names_read(&folders, root, is_subfolder, err);
    if (!status)
        status = fm_vdir_names_read(&objects, root, is_object, err);
    if (!status && choose_primary(&primary, root, NULL) == FM_ENOMEM)
        status = fm_error_no_memory(err, domain);
    if (!status && (objects.count || !folders.count))
        status = report(root, ".", primary, fn, data, err);
    for (size_t i = 0; i < folders.count && !status; i++)
        status = report(root, folders.items[i], primary, fn, data, err);
    fm_vdir_names_clear(&folders);
    fm_vdir_names_clear(&objects);
    free(primary);
    free(root);
    return status;
}
