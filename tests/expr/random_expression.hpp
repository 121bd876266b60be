// Random well-typed expressions, as text, over the opportunities of sample.hpp; and random rows.
#pragma once

#include "expr/sample.hpp"

#include <cstdint>
#include <random>

namespace expr_sample {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}
  /// 0 to below `bound`.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T, std::size_t N>
  const T& pick(const T (&list)[N]) { return list[below(N)]; }
  std::uint64_t bits() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// Writes expressions of a wanted type. `wide` lets in numbers near the ends of int64.
class expression_writer {
 public:
  expression_writer(random_source& from, bool wide) : from_(from), wide_(wide) {}

  std::string any(int depth) {
    switch (from_.below(5)) {
      case 0: return number(depth);
      case 1: return text(depth);
      case 2: return day(depth);
      default: return condition(depth);
    }
  }

  std::string condition(int depth) {
    if (depth <= 0)
      return pick({"urgent", "true", "false", "null", "(amount > 0)", "(class = 'won')"});
    const int d = depth - 1;
    switch (from_.below(12)) {
      case 0: return "(" + condition(d) + " and " + condition(d) + ")";
      case 1: return "(" + condition(d) + " or " + condition(d) + ")";
      case 2: return "not (" + condition(d) + ")";
      case 3: return "(" + any(d) + pick({" is null", " is not null"}) + ")";
      case 4: return "(" + text(d) + comparison() + text(d) + ")";
      case 5: return "(" + day(d) + comparison() + day(d) + ")";
      case 6: return "(last_call" + comparison() + moment() + ")";
      case 7: return "(" + text(d) + pick({" like ", " not like "}) + pattern() + ")";
      case 8: return "(" + membership(d) + ")";
      case 9: if (from_.one_in(2)) return "(" + pick({"last_call", "close_date"}) +
                      pick({" in ", " not in "}) + range() + ")";
              return "if(" + condition(d) + ", " + condition(d) + ", " + condition(d) + ")";
      case 10: return "(" + pick({"account", "id", "account.parent"}) + comparison() +
                      pick({"1", "2", "account", "account.parent"}) + ")";
      default: return "(" + number(d) + comparison() + number(d) + ")";
    }
  }

  std::string number(int depth) {
    if (depth <= 0 || from_.one_in(4)) return plain_number();
    const int d = depth - 1;
    switch (from_.below(15)) {
      case 12: return "bucket(" + number(d) + pick({", 7", ", 3", ", 0, 5, 8", ", -4, 1"}) +
                      ")";
      case 0: case 1: return "(" + number(d) + " + " + number(d) + ")";
      case 2: return "(" + number(d) + " - " + number(d) + ")";
      case 3: return "(" + number(d) + " * " + number(d) + ")";
      case 4: return "(" + number(d) + " / " + number(d) + ")";
      case 5: return "-(" + number(d) + ")";
      case 6: return "abs(" + number(d) + ")";
      case 7: return "round(" + number(d) + ", " + std::to_string(from_.below(5)) + ")";
      case 8: return "coalesce(" + number(d) + ", " + number(d) + ")";
      case 9: return "if(" + condition(d) + ", " + number(d) + ", " + number(d) + ")";
      case 10: return "nullif(" + number(d) + ", " + number(d) + ")";
      case 11: return pick({"year", "quarter", "month", "day", "weekday"}) + "(" +
                      (from_.one_in(3) ? std::string("last_call") : day(d)) + ")";
      case 13: return "(last_call - " + pick({"created_at", "last_call"}) + ")";
      default: return from_.one_in(2) ? "length(" + text(d) + ")"
                               : "(" + day(d) + " - " + day(d) + ")";
    }
  }

  std::string text(int depth) {
    if (depth <= 0 || from_.one_in(3))
      return pick({"name", "account.name", "account.industry", "lower(class)",
                   "''", "'Acme'", "'äÖ ß'",
                   "'张三'", "'it''s'", "null"});
    const int d = depth - 1;
    switch (from_.below(7)) {
      case 0: return "lower(" + text(d) + ")";
      case 1: return "upper(" + text(d) + ")";
      case 2: return "concat(" + text(d) + ", " + text(d) + ")";
      case 3: return "period(" + (from_.one_in(3) ? std::string("last_call") : day(d)) + ", " +
                     pick({"year", "quarter", "month", "week", "day"}) + ")";
      case 4: return "coalesce(" + text(d) + ", " + text(d) + ")";
      case 5: return "nullif(" + text(d) + ", " + text(d) + ")";
      default: return "if(" + condition(d) + ", " + text(d) + ", " + text(d) + ")";
    }
  }

  std::string day(int depth) {
    if (depth <= 0 || from_.one_in(3))
      return pick({"close_date", "engage_date", "date '2017-03-01'", "date '2016-02-29'",
                   "date '0001-01-01'", "date(last_call)"});
    const int d = depth - 1;
    switch (from_.below(4)) {
      case 0: return "(" + day(d) + pick({" + ", " - "}) + pick({"1", "365", "probability"}) + ")";
      case 1: return "coalesce(" + day(d) + ", " + day(d) + ")";
      case 2: return "nullif(" + day(d) + ", " + day(d) + ")";
      default: return "if(" + condition(d) + ", " + day(d) + ", " + day(d) + ")";
    }
  }

 private:
  random_source& from_;
  bool wide_;

  std::string pick(std::initializer_list<const char*> list) {
    return list.begin()[from_.below(list.size())];
  }

  std::string comparison() { return pick({" = ", " != ", " < ", " <= ", " > ", " >= "}); }

  std::string range() {
    return pick({"today", "yesterday", "this_week", "last_month", "next_quarter", "this_year",
                 "last_n_days(3)", "next_n_weeks(2)", "last_n_years(60)", "this_fiscal_period",
                 "last_n_fiscal_quarters(2)", "next_fiscal_year"});
  }

  std::string moment() {
    return pick({"last_call", "created_at", "instant '2017-03-01T08:00:00Z'",
                 "'2017-03-01T08:00:00Z'"});
  }

  std::string pattern() {
    return pick({"'ac%'", "'%E'", "'%'", "''", "'_'", "'%\\%%'", "'a_m%'", "'%三%'", "'%SS'", "name",
                 "null", "'%a%e%'"});
  }

  std::string plain_number() {
    if (wide_ && from_.one_in(4))
      return pick({"9223372036854775807", "-9223372036854775808", "92233720368547758.07",
                   "9.223372036854775807", "-4611686018427387904", "0.000000000000000001"});
    return pick({"amount", "cost", "discount", "probability", "account.employees", "amount",
                 "0", "1", "-1", "2.50", "0.125", "1.00", "100", "7.333", "null", "probability"});
  }

  std::string membership(int d) {
    const bool long_list = from_.one_in(4);  // beyond what is written inline
    const std::size_t count = long_list ? 17 + from_.below(10) : from_.below(4);
    const bool numbers = from_.one_in(2);
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
      if (i) list += ", ";
      if (from_.one_in(8)) list += "null";
      else if (numbers) list += long_list ? std::to_string(i) : pick({"0", "1.5", "100", "2.50"});
      else list += long_list ? "'n" + std::to_string(i) + "'" : pick({"'Acme'", "''", "'won'"});
    }
    return (numbers ? number(d) : from_.one_in(2) ? std::string("name") : "lower(name)") +
           pick({" in (", " not in ("}) + list + ")";
  }
};

/// Values for every path that the writer uses, many of them null or at an edge.
inline row random_row(random_source& from, bool wide) {
  const auto maybe = [&](value v) { return from.one_in(4) ? value() : std::move(v); };
  const auto number = [&]() -> std::int64_t {
    if (wide && from.one_in(3)) return static_cast<std::int64_t>(from.bits());
    static constexpr std::int64_t some[] = {0, 1, -1, 50, 100, 250, 12500, -12500, 999999};
    return from.pick(some);
  };
  static constexpr std::string_view words[] = {"Acme", "acme", "", "ACME GmbH", "张三",
                                               "Straße", "100%",
                                               "it's", "n3"};
  static constexpr std::string_view codes[] = {"open", "won", "lost"};
  static constexpr std::int32_t days[] = {0, 17226, 17225, 16860, -719162, 2932896, 17532};
  static constexpr std::int64_t moments[] = {0, -1, 1488355200000000, 1488355199999999};
  row r;
  for (const char* f : {"amount", "cost"}) r[f] = maybe(decimal{number(), 2});
  r["discount"] = maybe(decimal{number(), 4});
  r["probability"] = maybe(number());
  r["account.employees"] = maybe(number());
  for (const char* f : {"name", "account.name", "account.industry"}) r[f] = maybe(from.pick(words));
  r["class"] = maybe(from.pick(codes));
  r["urgent"] = maybe(from.one_in(2));
  for (const char* f : {"close_date", "engage_date"}) r[f] = maybe(date{from.pick(days)});
  for (const char* f : {"last_call", "created_at"}) r[f] = maybe(instant{from.pick(moments)});
  for (const char* f : {"id", "account", "account.parent"})
    r[f] = maybe(id{static_cast<std::int64_t>(1 + from.below(3))});
  return r;
}

}  // namespace expr_sample
