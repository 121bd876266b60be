// The JSON of a calendar of working hours.
#include "definition.hpp"
#include "fiscal_years.hpp"

#include "guanxi/base/working_time.hpp"

#include <optional>
#include <utility>

namespace guanxi {

namespace {

constexpr int day_minutes = 24 * 60;
constexpr std::int32_t max_range = 366;  // days from one date to another

/// Minutes after midnight of "hh:mm", up to 24:00.
std::optional<int> minutes_of(const json& text) {
  const std::string& t = text.as_text();
  if (!text.is(json::type::text) || t.size() != 5 || t[2] != ':') return std::nullopt;
  int hour = 0, minute = 0;
  for (const auto& [into, at] : {std::pair(&hour, 0), std::pair(&minute, 3)})
    for (const int i : {at, at + 1}) {
      const char c = t[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return std::nullopt;
      *into = *into * 10 + (c - '0');
    }
  const int out = hour * 60 + minute;
  if (minute > 59 || out > day_minutes) return std::nullopt;
  return out;
}

std::string shown(const json& what) {
  return in_backticks(what.is(json::type::text) ? what.as_text() : what.dump());
}

result<shift> read_shift(const json& from, const definition& d, std::string_view member,
                         std::size_t number) {
  const auto refused = [&](const std::string& what) {
    return d.wrong(member, "has as shift " + std::to_string(number) + " " + what);
  };
  if (!from.is(json::type::array) || from.items().size() != 2)
    return refused(shown(from) + "; write its begin and its end, such as [\"09:00\", \"18:00\"]");
  for (const json& each : from.items())
    if (!minutes_of(each))
      return refused("the time " + shown(each) +
                     "; write hours and minutes from \"00:00\" to \"24:00\"");
  shift out{*minutes_of(from.items()[0]), *minutes_of(from.items()[1])};
  if (out.from == day_minutes)
    return refused("one that begins at 24:00; write it at 00:00 of the next day");
  if (out.from == out.to)
    return refused("one that ends when it begins; write [\"00:00\", \"24:00\"] for a whole day, "
                   "and leave out what is closed");
  if (out.to < out.from) out.to += day_minutes;
  return out;
}

result<std::vector<shift>> read_shifts(const definition& d, std::string_view member) {
  std::vector<shift> out;
  const json* list = d.find(member);
  if (!list) return out;
  if (!list->is(json::type::array))
    return d.wrong(member, "must be a list of shifts, such as [[\"09:00\", \"18:00\"]]");
  if (list->items().size() > working_hours_settings::max_shifts)
    return d.wrong(member, "has more than " + std::to_string(working_hours_settings::max_shifts) +
                               " shifts; join those that meet");
  for (const json& each : list->items()) {
    auto read = read_shift(each, d, member, out.size() + 1);
    if (!read) return passed(read);
    out.push_back(*read);
  }
  return out;
}

result<date> read_day(const definition& d, std::string_view member) {
  const json* there = d.find(member);
  result<date> day = date::parse(there && there->is(json::type::text) ? there->as_text() : "");
  if (!day)
    return d.wrong(member, there ? "is " + shown(*there) +
                                       ", which is no date; write one such as \"2026-10-01\""
                                 : std::string("is missing; write a date such as \"2026-10-01\""));
  return day;
}

/// What lies between the dates of an entry, both included.
result<date_span> read_when(const definition& d) {
  if (d.find("date") && (d.find("from") || d.find("to")))
    return d.wrong("date", "stands beside `from` or `to`; keep either the date or both of these");
  if (d.find("date") || (!d.find("from") && !d.find("to")))
    return read_day(d, "date").transform([](date on) {
      return date_span{on, date{on.days + 1}};
    });
  result<date> from = read_day(d, "from"), to = read_day(d, "to");
  if (!from) return passed(from);
  if (!to) return passed(to);
  if (*to < *from)
    return d.wrong("to", "is " + to->to_string() + ", before `from`; exchange the two");
  if (to->days - from->days >= max_range)
    return d.wrong("to", "is " + to->to_string() + ", more than " + std::to_string(max_range) +
                             " days from `from`; split the range");
  return date_span{*from, date{to->days + 1}};
}

/// The two lists of dates: on holidays it is closed unless an entry says otherwise, on extra days
/// it is open.
class dates_reader {
 public:
  dates_reader(const definition& all, working_hours_settings& out) : all_(all), out_(out) {}

  result<void> read(std::string_view list, std::string entry, bool extra) {
    const json* there = all_.find(list);
    if (!there) return {};
    if (!there->is(json::type::array)) return all_.wrong(list, "must be a list of dates");
    std::size_t number = 0;
    for (const json& each : there->items()) {
      const std::string where = entry + std::to_string(++number) + " of " + all_.where();
      if (auto ok = read_entry(each, where, extra); !ok) return passed(ok);
      if (out_.dates.size() > working_hours_settings::max_dates)
        return all_.wrong(list, "has with its like more than " +
                                    std::to_string(working_hours_settings::max_dates) +
                                    " dates; leave out those long past");
    }
    return {};
  }

 private:
  const definition& all_;
  working_hours_settings& out_;

  result<void> read_entry(const json& from, const std::string& where, bool extra) {
    json written = json::make_object();  // a date alone is short for an object
    if (from.is(json::type::text)) written.members().emplace_back("date", from);
    else if (from.is(json::type::object)) written = from;
    else
      return unexpected(errc::invalid_argument,
                        where + " must be a date or an object, such as {\"date\": \"2026-10-10\"}");
    const definition d(written, where);
    if (auto ok = d.only({"date", "from", "to", "shifts", "as", "name"}); !ok) return passed(ok);
    if (const json* name = d.find("name"); name && !name->is(json::type::text))
      return d.wrong("name", "must be a text");
    auto when = read_when(d);
    if (!when) return passed(when);
    auto shifts = read_work(d, extra);
    if (!shifts) return passed(shifts);
    for (date on = when->from; on < when->to; ++on.days) out_.dates.push_back({on, *shifts});
    return {};
  }

  result<std::vector<shift>> read_work(const definition& d, bool extra) const {
    if (d.find("as") && d.find("shifts"))
      return d.wrong("as", "stands beside `shifts`; keep one of them");
    auto shifts = read_shifts(d, "shifts");
    if (!shifts) return passed(shifts);
    if (const json* as = d.find("as")) {
      const auto weekday = weekday_named(as->is(json::type::text) ? as->as_text() : "");
      if (!weekday) return d.wrong("as", "must be a day of the week, `monday` to `sunday`");
      *shifts = out_.week[static_cast<std::size_t>(*weekday - 1)];
      if (extra && shifts->empty())
        return d.wrong("as", "is " + shown(*as) + ", which has no shifts; name a day that has");
    } else if (extra && shifts->empty()) {
      return unexpected(errc::invalid_argument,
                        d.where() + " says not what is worked; give it `shifts`, or the day of the "
                                    "week that it is worked as, such as \"as\": \"monday\"");
    }
    return shifts;
  }
};

/// Short for seven whole days, beside which no shift or date makes sense.
result<bool> read_always(const definition& d, const json& all) {
  const json* always = d.find("always_open");
  if (!always) return false;
  if (!always->is(json::type::boolean)) return d.wrong("always_open", "must be true or false");
  for (const auto& [key, content] : all.members())
    if (always->as_boolean() && key != "always_open" && key != "time_zone")
      return d.wrong(key, "stands beside `always_open`; leave out one of them");
  return always->as_boolean();
}

}  // namespace

result<working_hours_settings> working_hours_settings::parse(std::string_view text) {
  result<json> read = json::parse(text);
  if (!read) return passed(read);
  const definition d(*read, "the calendar of working hours");
  if (!read->is(json::type::object))
    return unexpected(errc::invalid_argument, d.where() + " must be a JSON object");
  if (auto ok = d.only({"time_zone", "monday", "tuesday", "wednesday", "thursday", "friday",
                        "saturday", "sunday", "holidays", "extra", "always_open"});
      !ok)
    return passed(ok);
  working_hours_settings out;
  if (const json* zone = d.find("time_zone")) {
    if (!zone->is(json::type::text) || zone->as_text().empty())
      return d.wrong("time_zone", "must be the name of a time zone, such as \"Asia/Shanghai\"");
    out.time_zone = zone->as_text();
  }
  auto always = read_always(d, *read);
  if (!always) return passed(always);
  if (*always) {
    out.week.fill({shift{0, day_minutes}});
    return out;
  }
  for (int weekday = 1; weekday <= 7; ++weekday) {
    auto shifts = read_shifts(d, weekday_name(weekday));
    if (!shifts) return passed(shifts);
    out.week[static_cast<std::size_t>(weekday - 1)] = std::move(*shifts);
  }
  dates_reader dates(d, out);
  if (auto ok = dates.read("holidays", "holiday ", false); !ok) return passed(ok);
  if (auto ok = dates.read("extra", "extra day ", true); !ok) return passed(ok);
  return out;
}

}  // namespace guanxi
