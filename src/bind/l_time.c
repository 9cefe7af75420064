/*
 * fmcal.time: the clock of the host's environment, dates as text and numbers, time zones.
 * No userdata; the zones of the state are in bind/base/zones.h. Wraps core/date.h and core/zone/zone.h.
 */
#include "bind/base/bind.h"
#include "bind/base/zones.h"
#include "core/date.h"

static const char domain[] = "time";

static int64_t now_s(lua_State *L)
{
    const fm_env *env = &fm_bind_get(L)->env;
    int64_t us = env->now_us(env->data);
    return us / 1000000 - (us % 1000000 < 0);
}

static int time_epoch(lua_State *L)
{
    lua_pushinteger(L, now_s(L));
    return 1;
}

static int push_date(lua_State *L, const fm_date *date)
{
    char text[FM_DATE_TEXT_MAX];
    lua_pushstring(L, fm_date_format(date, text));
    return 1;
}

/* Pushes the text of an instant, or nil and an error where the year has no four digits. */
static int push_epoch(lua_State *L, int64_t epoch, fm_date_kind kind, int offset_s)
{
    fm_date date;
    fm_error err = {0};
    if (fm_date_from_epoch(&date, epoch, kind, offset_s)) {
        fm_error_set(&err, FM_EINVAL, domain, "%lld seconds since 1970 is outside the years 1 to 9999",
                     (long long)epoch);
        return fm_bind_fail(L, &err);
    }
    return push_date(L, &date);
}

static int time_now(lua_State *L)
{
    return push_epoch(L, now_s(L), FM_DATE_UTC, 0);
}

static int time_monotonic_ms(lua_State *L)
{
    const fm_env *env = &fm_bind_get(L)->env;
    lua_pushinteger(L, env->monotonic_ms(env->data));
    return 1;
}

static int time_sleep(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 0, 1, "milliseconds cannot be negative");
    const fm_env *env = &fm_bind_get(L)->env;
    env->sleep_ms(env->data, ms);
    if (fm_bind_take_interrupt(L)) {
        fm_error err = {0};
        fm_error_set(&err, FM_ECANCELED, domain, "interrupted");
        return fm_bind_fail(L, &err);
    }
    lua_pushboolean(L, 1);
    return 1;
}

static void set_field(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static int time_parse(lua_State *L)
{
    static const char *const kinds[] = {"date", "utc", "offset", "local"};
    const char *text = luaL_checkstring(L, 1);
    fm_date date;
    fm_error err = {0};
    if (fm_date_parse(&date, text, &err))
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 9);
    lua_pushstring(L, kinds[date.kind]);
    lua_setfield(L, -2, "kind");
    set_field(L, "year", date.year);
    set_field(L, "month", date.month);
    set_field(L, "day", date.day);
    set_field(L, "hour", date.hour);
    set_field(L, "min", date.minute);
    set_field(L, "sec", date.second);
    set_field(L, "offset_s", date.offset_s);
    set_field(L, "epoch", fm_date_epoch(&date));
    return 1;
}

static int time_format(lua_State *L)
{
    return push_epoch(L, luaL_checkinteger(L, 1), FM_DATE_UTC, 0);
}

static int time_format_offset(lua_State *L)
{
    lua_Integer epoch = luaL_checkinteger(L, 1);
    lua_Integer offset_s = luaL_checkinteger(L, 2);
    luaL_argcheck(L, offset_s > -FM_DAY_S && offset_s < FM_DAY_S, 2, "an offset is less than a day");
    return push_epoch(L, epoch, FM_DATE_OFFSET, (int)offset_s);
}

static int time_is_zone(lua_State *L)
{
    const fm_zone *zone;
    lua_pushboolean(L, fm_zones_find(fm_bind_zones(L), &zone, luaL_checkstring(L, 1), NULL) == FM_OK);
    return 1;
}

static int time_to_utc(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    const char *name = luaL_checkstring(L, 2);
    fm_date date;
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_date_parse(&date, text, &err) || fm_zones_find(fm_bind_zones(L), &zone, name, &err))
        return fm_bind_fail(L, &err);
    if (date.kind == FM_DATE_UTC || date.kind == FM_DATE_OFFSET) {
        fm_error_set(&err, FM_EINVAL, domain, "\"%s\" is no local time: it has an offset", text);
        return fm_bind_fail(L, &err);
    }
    lua_pushinteger(L, fm_zone_to_utc(zone, fm_date_epoch(&date)));
    return 1;
}

static int time_to_zone(lua_State *L)
{
    lua_Integer epoch = luaL_checkinteger(L, 1);
    const char *name = luaL_checkstring(L, 2);
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_zones_find(fm_bind_zones(L), &zone, name, &err))
        return fm_bind_fail(L, &err);
    bool in_range = epoch >= FM_EPOCH_MIN && epoch < FM_EPOCH_END;
    int32_t offset_s = in_range ? fm_zone_offset_s(zone, epoch) : 0;
    int pushed = push_epoch(L, epoch + offset_s, FM_DATE_LOCAL, 0);
    if (pushed != 1)
        return pushed;
    lua_pushinteger(L, offset_s);
    return 2;
}

static int time_add_days(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    lua_Integer days = luaL_checkinteger(L, 2);
    const lua_Integer most = (FM_EPOCH_END - FM_EPOCH_MIN) / FM_DAY_S;
    luaL_argcheck(L, days >= -most && days <= most, 2, "too many days");
    fm_date date, sum;
    fm_error err = {0};
    if (fm_date_parse(&date, text, &err))
        return fm_bind_fail(L, &err);
    /* Days are added to the wall clock, whatever the spelling: the time of day and the offset stay. */
    if (fm_date_from_epoch(&sum, fm_date_epoch(&date) + days * FM_DAY_S, date.kind, date.offset_s)) {
        fm_error_set(&err, FM_EINVAL, domain, "\"%s\" and %lld days is outside the years 1 to 9999", text,
                     (long long)days);
        return fm_bind_fail(L, &err);
    }
    return push_date(L, &sum);
}

static const luaL_Reg time_functions[] = {
    {"now", time_now},
    {"epoch", time_epoch},
    {"monotonic_ms", time_monotonic_ms},
    {"sleep", time_sleep},
    {"parse", time_parse},
    {"format", time_format},
    {"format_offset", time_format_offset},
    {"is_zone", time_is_zone},
    {"to_utc", time_to_utc},
    {"to_zone", time_to_zone},
    {"add_days", time_add_days},
    {NULL, NULL},
};

int luaopen_fmcal_time(lua_State *L);

int luaopen_fmcal_time(lua_State *L)
{
    luaL_newlib(L, time_functions);
    return 1;
}
