// Working time against minutes that are counted one by one: whatever the week, the dates, the zone
// and the moments. What is expected is written from the rule alone: a minute is open if the clock
// on the wall shows a time of a shift.
#include "guanxi/base/working_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <random>

using namespace guanxi;

namespace {

constexpr std::int64_t minute = 60 * microseconds_per_second;
constexpr std::int64_t day_minutes = 24 * 60;

/// What the counter of minutes gets wrong on purpose.
enum class fault { none, works_on_holidays, ends_at_midnight, keeps_summer_time, waits_at_the_end };

std::int64_t floor_divided(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct random_calendar {
  std::string zone;
  std::array<std::vector<shift>, 7> week;
  std::map<std::int64_t, std::vector<shift>> dates;  ///< by days since 1970-01-01

  const std::vector<shift>& of(std::int64_t day) const {
    const auto there = dates.find(day);
    return there == dates.end() ? usual(day) : there->second;
  }
  const std::vector<shift>& usual(std::int64_t day) const {
    return week[static_cast<std::size_t>((day % 7 + 7 + 3) % 7)];  // 1970-01-01 was a Thursday
  }
};

/// How many shifts a minute of the clock is in; lists tells each day's.
template <class Lists>
int times_open(std::int64_t clock_minute, Lists lists, fault planted = fault::none) {
  const std::int64_t day = floor_divided(clock_minute, day_minutes);
  const std::int64_t own = clock_minute - day * day_minutes;
  int out = 0;
  for (const shift& s : lists(day)) out += s.from <= own && own < s.to ? 1 : 0;
  if (planted == fault::ends_at_midnight) return out;
  for (const shift& s : lists(day - 1)) out += own + day_minutes < s.to ? 1 : 0;
  return out;
}

/// Whether a shift overlaps another, in a plain week or about a date.
bool overlaps(const random_calendar& c) {
  const auto usual = [&](std::int64_t day) { return c.usual(day); };
  const auto listed = [&](std::int64_t day) { return c.of(day); };
  for (std::int64_t m = 0; m < 7 * day_minutes; ++m)
    if (times_open(m, usual) > 1) return true;
  for (const auto& [day, shifts] : c.dates)
    for (std::int64_t m = (day - 1) * day_minutes; m < (day + 2) * day_minutes; ++m)
      if (times_open(m, listed) > 1) return true;
  return false;
}

/// Minutes of UTC from one moment to another, each open or not.
class counted_minutes {
 public:
  counted_minutes(const random_calendar& c, const time_zone& zone, std::int64_t first,
                  std::int64_t count, fault planted)
      : first_(first), planted_(planted) {
    const auto lists = [&](std::int64_t day) -> const std::vector<shift>& {
      return planted == fault::works_on_holidays ? c.usual(day) : c.of(day);
    };
    for (std::int64_t m = first; m < first + count; ++m) {
      const std::int64_t asked = planted == fault::keeps_summer_time ? first : m;
      const std::int64_t offset = zone.offset_at(instant{asked * minute}) / minute;
      open_ += times_open(m + offset, lists, planted) > 0 ? 'o' : '-';
    }
  }

  /// Nothing where it leads out of the minutes.
  std::optional<std::int64_t> add(std::int64_t at, std::int64_t n) const {
    if (n == 0 || planted_ == fault::waits_at_the_end) {
      const auto moved = n == 0 ? at : plainly_added(at, n);
      return moved ? next(*moved, true) : std::nullopt;
    }
    return plainly_added(at, n);
  }
  std::int64_t between(std::int64_t from, std::int64_t to) const {
    std::int64_t out = 0;
    for (std::int64_t at = from, end = 0; at < to; at = end) {
      end = std::min(to, (floor_divided(at, minute) + 1) * minute);
      if (*open(at)) out += end - at;
    }
    return out;
  }
  std::optional<std::int64_t> next(std::int64_t at, bool wanted) const {
    for (; open(at); at = (floor_divided(at, minute) + 1) * minute)
      if (*open(at) == wanted) return at;
    return std::nullopt;
  }
  std::optional<bool> open(std::int64_t at) const {
    const auto index = static_cast<std::size_t>(floor_divided(at, minute) - first_);
    if (index >= open_.size()) return std::nullopt;
    return open_[index] == 'o';
  }

 private:
  std::int64_t first_;
  fault planted_;
  std::string open_;  ///< a letter for each

  std::optional<std::int64_t> plainly_added(std::int64_t at, std::int64_t n) const {
    while (n > 0) {
      const auto is = open(at);
      if (!is) return std::nullopt;
      const std::int64_t end = (floor_divided(at, minute) + 1) * minute;
      const std::int64_t step = *is ? std::min(n, end - at) : 0;
      n -= step;
      at = n == 0 ? at + step : end;
    }
    while (n < 0) {
      const auto is = open(at - 1);
      if (!is) return std::nullopt;
      const std::int64_t begin = floor_divided(at - 1, minute) * minute;
      const std::int64_t step = *is ? std::min(-n, at - begin) : 0;
      n += step;
      at = n == 0 ? at - step : begin;
    }
    return at;
  }
};

/// A zone, and a moment about which its clocks do what few do.
constexpr std::pair<const char*, const char*> places[] = {
    {"UTC", "2026-02-28T12:00:00Z"},
    {"Asia/Shanghai", "2026-10-04T00:00:00Z"},
    {"Europe/Berlin", "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-10-25T01:00:00Z"},
    {"America/New_York", "2026-03-08T07:00:00Z"},
    {"America/New_York", "2026-11-01T06:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
    {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
    {"America/Recife", "2000-10-11T12:00:00Z"},  // a week of summer time
    {"Pacific/Apia", "2011-12-30T10:00:00Z"},    // a day left out
    {"America/Havana", "2026-11-01T05:00:00Z"},  // midnight comes twice
    {"America/Sao_Paulo", "2018-02-18T02:00:00Z"},  // and what is twice is of the day before
    {"America/Sao_Paulo", "2018-11-04T03:00:00Z"},  // midnight is left out
    {"Asia/Kathmandu", "1985-12-31T18:30:00Z"},  // a quarter of an hour for good
    {"Africa/Casablanca", "2026-02-15T02:00:00Z"},
};

struct tally {
  std::size_t calendars = 0, refused = 0, answers = 0;
};

class one_calendar {
 public:
  one_calendar(std::uint64_t seed, fault planted) : random_(seed) {
    const auto& [zone, about] = places[below(std::size(places))];
    calendar_.zone = zone;
    middle_ = instant::parse(about)->microseconds;
    zone_ = zones_->find(zone).value();
    draw();
    // Twelve days on each side.
    const std::int64_t first = floor_divided(middle_, minute) - 12 * day_minutes;
    if (!overlaps(calendar_)) counted_.emplace(calendar_, *zone_, first, 24 * day_minutes, planted);
  }

  /// What differs first, or nothing.
  std::string differs(tally& count) {
    const std::string text = json_of();
    const auto read = working_hours_settings::parse(text);
    if (!read) return text + "\n" + std::string(read.error().message());
    const auto made = make_working_hours(*read, *zones_);
    ++count.calendars;
    if (made.has_value() != counted_.has_value())
      return text + "\n" + (made ? "it overlaps" : std::string(made.error().message()));
    if (!made) {
      ++count.refused;
      return made.error().message().find("overlaps") == std::string_view::npos ? text : "";
    }
    for (int i = 0; i < 30; ++i)
      if (std::string wrong = ask(**made, count); !wrong.empty()) return text + "\n" + wrong;
    return {};
  }

 private:
  std::mt19937_64 random_;
  std::shared_ptr<const time_zones> zones_ = make_time_zones();
  time_zone_ptr zone_;
  random_calendar calendar_;
  std::int64_t middle_ = 0;
  std::optional<counted_minutes> counted_;

  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  std::int64_t from_to(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }

  std::vector<shift> some_shifts() {
    if (below(12) == 0) return {{0, 1440}};
    std::vector<int> bounds;
    for (std::size_t i = 2 * below(4); i > 0; --i)
      bounds.push_back(static_cast<int>(below(3) == 0 ? from_to(0, 240) : from_to(0, 1440)));
    std::sort(bounds.begin(), bounds.end());
    std::vector<shift> out;
    for (std::size_t i = 0; i + 1 < bounds.size(); i += 2)
      if (bounds[i] < bounds[i + 1]) out.push_back({bounds[i], bounds[i + 1]});
    // A night shift, which may overlap the next morning's.
    if (below(5) == 0) {
      const std::int64_t least = bounds.empty() ? 2 : std::clamp(bounds.back(), 2, 1439);
      const std::int64_t from = from_to(least, 1439);
      const std::int64_t to = 1440 + from_to(1, std::min<std::int64_t>(from - 1, 200));
      out.push_back({static_cast<int>(from), static_cast<int>(to)});
    }
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }

  void draw() {
    const bool sparse = below(6) == 0;
    for (auto& day : calendar_.week)
      if (!sparse && below(4) > 0) day = some_shifts();
    const std::int64_t about = floor_divided(middle_, microseconds_per_day);
    for (std::size_t i = below(10); i > 0; --i)
      calendar_.dates[about + from_to(-9, 9)] = below(3) > 0 ? std::vector<shift>{} : some_shifts();
  }

  static std::string json_of(const std::vector<shift>& shifts) {
    const auto time = [](int m) {
      std::string out = std::to_string(10'000 + m / 60 * 100 + m % 60).substr(1);
      return "\"" + out.insert(2, ":") + "\"";
    };
    std::string out;
    for (const shift& s : shifts)
      out += (out.empty() ? "[" : ", [") + time(s.from) + ", " +
             time(s.to > 1440 ? s.to - 1440 : s.to) + "]";
    return "[" + out + "]";
  }
  std::string json_of() {
    constexpr const char* days[] = {"monday", "tuesday", "wednesday", "thursday", "friday",
                                    "saturday", "sunday"};
    std::string out = R"({"time_zone": ")" + calendar_.zone + "\"", holidays, extra;
    for (std::size_t i = 0; i < 7; ++i)
      out += std::string(", \"") + days[i] + "\": " + json_of(calendar_.week[i]);
    for (const auto& [number, shifts] : calendar_.dates) {
      const std::string day = "\"" + date{static_cast<std::int32_t>(number)}.to_string() + "\"";
      std::string& list = !shifts.empty() && below(2) > 0 ? extra : holidays;
      list += list.empty() ? "" : ", ";
      if (shifts.empty() && below(2) > 0) list += day;
      else if (shifts.empty()) list += "{\"from\": " + day + ", \"to\": " + day + "}";
      else list += "{\"date\": " + day + ", \"shifts\": " + json_of(shifts) + "}";
    }
    return out + ", \"holidays\": [" + holidays + "], \"extra\": [" + extra + "]}";
  }

  /// Whole minutes more often than not, and near the change of clocks.
  std::int64_t some_moment() {
    const std::int64_t days = below(3) == 0 ? 9 * day_minutes : below(2) == 0 ? 300 : day_minutes;
    const std::int64_t at = floor_divided(middle_, minute) + from_to(-days, days);
    return at * minute + (below(4) == 0 ? from_to(0, minute - 1) : 0);
  }
  std::int64_t some_time() {
    const std::int64_t minutes = below(2) == 0 ? from_to(0, 240) : from_to(0, 40 * 60);
    return minutes * minute + (below(4) == 0 ? from_to(0, minute - 1) : 0);
  }

  std::string ask(const working_hours& w, tally& count) {
    const std::int64_t a = some_moment(), b = some_moment(), n = some_time(), m = some_time();
    const auto told = [&](const std::string& what, std::int64_t got, std::int64_t expected) {
      return what + " of " + instant{a}.to_string() + ", " + instant{b}.to_string() + " and " +
             std::to_string(n) + " is " + std::to_string(got) + ", not " + std::to_string(expected);
    };
    std::string wrong;
    const auto same = [&](const std::string& what, const result<instant>& got,
                          std::optional<std::int64_t> expected) {
      if (!expected) return;  // it leads out of the minutes that were counted
      ++count.answers;
      const std::int64_t is = got ? got->microseconds : 0;
      if (is != *expected && wrong.empty()) wrong = told(what, is, *expected);
    };
    same("add", w.add(instant{a}, n), counted_->add(a, n));
    same("subtract", w.add(instant{a}, -n), counted_->add(a, -n));
    same("next opening", w.next_opening(instant{a}), counted_->next(a, true));
    const auto begun = counted_->next(a, true);
    same("next closing", w.next_closing(instant{a}),
         begun ? counted_->next(*begun, false) : std::nullopt);
    const std::int64_t counted = a < b ? counted_->between(a, b) : -counted_->between(b, a);
    same("between", w.between(instant{a}, instant{b}).transform([](std::int64_t x) {
      return instant{x};
    }), counted);
    if (w.open(instant{a}) != *counted_->open(a) && wrong.empty()) wrong = told("open", 0, 1);
    return wrong.empty() ? laws(w, instant{a}, n, m) : wrong;
  }

  /// What holds whatever the hours, where there are enough of them.
  std::string laws(const working_hours& w, instant a, std::int64_t n, std::int64_t m) {
    for (const std::int64_t sign : {1, -1}) {
      const auto first = w.add(a, sign * n), both = w.add(a, sign * (n + m));
      if (!first || !both) continue;
      const std::string where = a.to_string() + ", " + std::to_string(sign * n) + " and " +
                                std::to_string(sign * m);
      if (w.between(a, *first).value() != sign * n) return "between is not what is added: " + where;
      if (n > 0 && m > 0 && *w.add(*first, sign * m) != *both)
        return "two steps are not one: " + where;
      if (sign > 0 ? *both < *first : *both > *first) return "more is sooner: " + where;
      const auto later = w.add(instant{a.microseconds + m}, sign * n);
      if (later && *later < *first) return "later is sooner: " + where;
    }
    return {};
  }
};

std::uint64_t first_seed() {
  const char* given = std::getenv("GUANXI_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

std::string differs(std::size_t calendars, tally& count, fault planted = fault::none) {
  const std::uint64_t first = first_seed();
  for (std::uint64_t seed = first; seed < first + calendars; ++seed)
    if (std::string wrong = one_calendar(seed, planted).differs(count); !wrong.empty())
      return "GUANXI_TEST_SEED=" + std::to_string(seed) + "\n" + wrong;
  return {};
}

}  // namespace

TEST(working_time_random, is_what_minutes_counted_one_by_one_are) {
  tally count;
  EXPECT_EQ(differs(45, count), "");
  std::cout << count.calendars << " calendars, " << count.refused << " of them refused, "
            << count.answers << " answers\n";
  EXPECT_GT(count.answers, 2'000u);
  EXPECT_GT(count.refused, 0u);
}

TEST(working_time_random, notices_each_fault_that_is_planted) {
  for (const fault planted : {fault::works_on_holidays, fault::ends_at_midnight,
                              fault::keeps_summer_time, fault::waits_at_the_end}) {
    tally count;
    EXPECT_NE(differs(150, count, planted), "") << static_cast<int>(planted);
  }
}
