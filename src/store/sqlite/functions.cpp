#include "functions.hpp"

#include "guanxi/expr/evaluate.hpp"

#include <sqlite3.h>

#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace guanxi::store::sqlite {

namespace {

using expr::accumulator;
using expr::function;
using expr::op;

/// What a function's user data holds.
struct shared {
  copy_ptr library;
  std::shared_ptr<const text_services> text;
  std::shared_ptr<const running> now;
};

/// One call of a function: what was given, and where the answer goes.
struct call {
  const sqlite_functions& api;
  sqlite3_context* to;
  sqlite3_value** given;
  int count = 0;

  bool is_null(int i) const { return api.value_type(given[i]) == SQLITE_NULL; }
  std::int64_t integer(int i) const { return api.value_int64(given[i]); }
  int scale(int i) const { return static_cast<int>(integer(i)); }
  std::string_view text_at(int i) const {
    const auto* text = reinterpret_cast<const char*>(api.value_text(given[i]));
    return text ? std::string_view(text, static_cast<std::size_t>(api.value_bytes(given[i])))
                : std::string_view();
  }
  /// A number as it travels; a scale of -1 says that it is an integer.
  value number(int i, int scale) const {
    if (is_null(i)) return {};
    if (scale < 0) return integer(i);
    return decimal{integer(i), static_cast<std::uint8_t>(scale)};
  }
  /// As it travels: an integer, a text or null.
  value raw(int i) const {
    if (is_null(i)) return {};
    return api.value_type(given[i]) == SQLITE_TEXT ? value(text_at(i)) : value(integer(i));
  }
  value day(int i) const {
    return is_null(i) ? value() : value(date{static_cast<std::int32_t>(integer(i))});
  }
  value text(int i) const { return is_null(i) ? value() : value(text_at(i)); }
  const text_services& services() const {
    return *static_cast<const shared*>(api.user_data(to))->text;
  }
  const running& running_now() const {
    return *static_cast<const shared*>(api.user_data(to))->now;
  }
  expr::pace* pace() const { return running_now().pace; }
  /// Counts texts that are looked at; false: the statement is to stop, and knows why.
  bool may_go_on(std::size_t bytes) const {
    if (!pace() || !pace()->due(bytes)) return true;
    const result<void> on = pace()->ask();
    if (!on) refuse(on.error());
    return on.has_value();
  }

  void refuse(const error& why) const {
    if (std::optional<error>* told = running_now().refused; told && !*told) *told = why;
    std::string message(why.code() == errc::overflow ? "overflow: "
                        : why.code() == errc::limit  ? "limit: "
                                                     : "");
    message += why.message();
    api.result_error(to, message.data(), static_cast<int>(message.size()));
  }
  void give_null() const { api.result_null(to); }
  void give(std::int64_t v) const { api.result_int64(to, v); }
  void give(std::string_view text) const {
    api.result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void give(const result<value>& v) const {
    if (!v) return refuse(v.error());
    switch (v->type()) {
      case value_type::null: return give_null();
      case value_type::boolean: return give(std::int64_t{v->as_boolean()});
      case value_type::integer: return give(v->as_integer());
      case value_type::decimal: return give(v->as_decimal().coefficient);
      case value_type::text: return give(v->as_text());
      case value_type::date: return give(std::int64_t{v->as_date().days});
      case value_type::instant: return give(v->as_instant().microseconds);
      case value_type::reference: return give(v->as_id().value);
    }
  }
};

using body = void (*)(const call&);

/// No exception may pass through SQLite.
template <int Place, body Body>
void guarded(sqlite3_context* to, int count, sqlite3_value** given) noexcept {
  const sqlite_functions& api = functions_at(Place);
  try {
    Body({api, to, given, count});
  } catch (const std::bad_alloc&) {
    api.result_error_nomem(to);
  } catch (const std::exception& why) {
    api.result_error(to, why.what(), -1);
  }
}

template <op What>
void arithmetic(const call& c) {
  c.give(expr::arithmetic(What, c.number(0, c.scale(1)), c.number(2, c.scale(3)), c.scale(4)));
}

void negate(const call& c) { c.give(expr::arithmetic(op::negate, c.number(0, -1), {}, 0)); }

template <op What>
void move_days(const call& c) {
  c.give(expr::arithmetic(What, c.day(0), c.number(1, -1), 0));
}

void absolute(const call& c) {
  const value x = c.number(0, -1);
  c.give(expr::call(function::abs, {}, {&x, 1}, 0, c.services()));
}

void round(const call& c) {
  const value x = c.number(0, c.scale(1));
  c.give(expr::call(function::round, {}, {&x, 1}, c.scale(2), c.services()));
}

/// All at one scale, so that they may pass for integers.
void bucket(const call& c) {
  std::vector<value> numbers;
  for (int i = 0; i < c.count; ++i) numbers.push_back(c.number(i, -1));
  c.give(expr::call(function::bucket, {}, numbers, 0, c.services()));
}

void compare(const call& c) {
  const value a = c.number(0, c.scale(1)), b = c.number(2, c.scale(3));
  if (a.is_null() || b.is_null()) return c.give_null();
  const auto by = expr::compare_values(a, b);
  c.give(std::int64_t{by < 0 ? -1 : by > 0 ? 1 : 0});
}

void null_if(const call& c) {
  const value both[] = {c.number(0, c.scale(1)), c.number(2, c.scale(3))};
  c.give(expr::call(function::nullif, {}, both, c.scale(1), c.services()));
}

void utc_date(const call& c) {
  if (c.is_null(0)) return c.give_null();
  const value at = instant{c.integer(0)};
  c.give(expr::call(function::date, {}, {&at, 1}, 0, c.services()));
}

void date_part(const call& c) {
  const value d = c.day(1);
  const function part = expr::function_named(c.text_at(0));
  c.give(expr::call(part, {}, {&d, 1}, 0, c.services()));
}

void period(const call& c) {
  const value d = c.day(1);
  c.give(expr::call(function::period, c.text_at(0), {&d, 1}, 0, c.services()));
}

template <function Fn>
void on_text(const call& c) {
  const value t = c.text(0);
  if (!t.is_null() && !c.may_go_on(t.as_text().size())) return;
  c.give(expr::call(Fn, {}, {&t, 1}, 0, c.services()));
}

void concat(const call& c) {
  std::vector<value> parts;
  for (int i = 0; i < c.count; ++i) {
    parts.push_back(c.text(i));
    if (!parts.back().is_null() && !c.may_go_on(parts.back().as_text().size())) return;
  }
  c.give(expr::call(function::concat, {}, parts, 0, c.services()));
}

void like(const call& c) {
  if (c.is_null(0) || c.is_null(1)) return c.give_null();
  if (!c.may_go_on(c.text_at(0).size() + c.text_at(1).size())) return;
  const text_services& text = c.services();
  // The pattern is mostly a constant of the statement, so its folded form is kept between rows.
  const auto* kept = static_cast<const std::string*>(c.api.get_auxdata(c.to, 1));
  std::string fresh;
  if (!kept) fresh = text.folded(c.text_at(1));
  const result<bool> matched =
      expr::like(text.folded(c.text_at(0)), kept ? *kept : fresh, c.pace());
  if (!matched) return c.refuse(matched.error());
  c.give(std::int64_t{*matched});
  if (!kept)
    c.api.set_auxdata(c.to, 1, new std::string(std::move(fresh)),
                      [](void* old) { delete static_cast<std::string*>(old); });
}

void call_by_place(const call& c) {
  const std::vector<expr::sql_call>* calls = c.running_now().calls;
  const auto place = static_cast<std::size_t>(c.integer(0));
  if (!calls || place >= calls->size())
    return c.refuse(error(errc::misuse, "gx_call is a function for Guanxi's own statements"));
  std::vector<value> given;
  for (int i = 1; i < c.count; ++i) given.push_back(c.raw(i));
  c.give((*calls)[place].of(given, c.services()));
}

template <function Fn>
void find_words(const call& c) {
  if (c.is_null(0)) return c.give_null();
  // What is typed is mostly a constant of the statement, so it is read once.
  using kept_words = std::shared_ptr<const search_words>;
  const auto* kept = static_cast<const kept_words*>(c.api.get_auxdata(c.to, 0));
  kept_words fresh;
  if (!kept) fresh = c.services().look_for(c.text_at(0));
  const search_words* const sought = kept ? kept->get() : fresh.get();
  if (!sought) return c.give(expr::found(Fn, {}, sought));
  std::vector<std::string_view> texts;
  for (int i = 1; i < c.count; ++i) {
    if (c.is_null(i)) continue;
    texts.push_back(c.text_at(i));
    if (!c.may_go_on(texts.back().size())) return;
  }
  c.give(expr::found(Fn, texts, sought));
  if (!kept)
    c.api.set_auxdata(c.to, 0, new kept_words(std::move(fresh)),
                      [](void* old) { delete static_cast<kept_words*>(old); });
}

/// What an aggregate keeps between rows: SQLite gives room for a pointer, null before
/// the first row.
accumulator** kept(const call& c, bool make) {
  return static_cast<accumulator**>(
      c.api.aggregate_context(c.to, make ? static_cast<int>(sizeof(accumulator*)) : 0));
}

template <function Fn>
void add_row(const call& c) {
  accumulator** at = kept(c, true);
  if (!at) return c.api.result_error_nomem(c.to);
  const bool scaled = Fn != function::sum;
  const int from = scaled ? c.scale(1) : 0;
  if (!*at) {
    const expr::type argument{.base = scaled ? value_type::decimal : value_type::integer,
                              .scale = static_cast<std::uint8_t>(from)};
    decimal fraction{5, 1};
    if (Fn == function::percentile)
      fraction = {c.integer(3), static_cast<std::uint8_t>(c.integer(4))};
    *at = new accumulator(Fn, false, argument, scaled ? c.scale(2) : 0, fraction);
  }
  const std::size_t before = (*at)->held();
  result<void> added = (*at)->add(c.number(0, scaled ? from : -1));
  const query::bounds* within = c.running_now().within;
  if (added && within) added = within->keep((*at)->held() - before);
  if (!added) c.refuse(added.error());
}

/// What is ordered goes before its keys.
template <function Fn>
void choose_row(const call& c) {
  accumulator** at = kept(c, true);
  if (!at) return c.api.result_error_nomem(c.to);
  if (!*at) *at = new accumulator(Fn, false, {}, 0);
  std::vector<value> by;
  for (int i = 1; i < c.count; ++i) by.push_back(c.raw(i));
  if (result<void> added = (*at)->add(c.raw(0), by); !added) c.refuse(added.error());
}

template <int Place>
void finish(sqlite3_context* to) noexcept {
  const call c{functions_at(Place), to, nullptr};
  accumulator** at = kept(c, false);
  if (!at || !*at) return c.give_null();
  const std::unique_ptr<accumulator> own(std::exchange(*at, nullptr));
  if (const query::bounds* within = c.running_now().within) within->let_go(own->held());
  try {
    c.give(own->finish());
  } catch (const std::exception&) {
    c.api.result_error_nomem(to);
  }
}

constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

using row_function = void (*)(sqlite3_context*, int, sqlite3_value**);
struct entry {
  const char* name;
  int arguments;
  row_function run;
};

template <int Place>
constexpr entry scalars[] = {
    {"gx_add", 5, guarded<Place, arithmetic<op::add>>},
    {"gx_sub", 5, guarded<Place, arithmetic<op::subtract>>},
    {"gx_mul", 5, guarded<Place, arithmetic<op::multiply>>},
    {"gx_div", 5, guarded<Place, arithmetic<op::divide>>},
    {"gx_neg", 1, guarded<Place, negate>},
    {"gx_abs", 1, guarded<Place, absolute>},
    {"gx_round", 3, guarded<Place, round>},
    {"gx_bucket", -1, guarded<Place, bucket>},
    {"gx_compare", 4, guarded<Place, compare>},
    {"gx_nullif", 4, guarded<Place, null_if>},
    {"gx_add_days", 2, guarded<Place, move_days<op::add>>},
    {"gx_sub_days", 2, guarded<Place, move_days<op::subtract>>},
    {"gx_date", 1, guarded<Place, utc_date>},
    {"gx_date_part", 2, guarded<Place, date_part>},
    {"gx_period", 2, guarded<Place, period>},
    {"gx_like", 2, guarded<Place, like>},
    {"gx_concat", -1, guarded<Place, concat>},
    {"gx_lower", 1, guarded<Place, on_text<function::lower>>},
    {"gx_upper", 1, guarded<Place, on_text<function::upper>>},
    {"gx_length", 1, guarded<Place, on_text<function::length>>},
    {"gx_call", -1, guarded<Place, call_by_place>},
    {"gx_search", -1, guarded<Place, find_words<function::search>>},
    {"gx_relevance", -1, guarded<Place, find_words<function::relevance>>},
};

template <int Place>
constexpr entry aggregates[] = {
    {"gx_sum", 1, guarded<Place, add_row<function::sum>>},
    {"gx_avg", 3, guarded<Place, add_row<function::avg>>},
    {"gx_median", 3, guarded<Place, add_row<function::median>>},
    {"gx_percentile", 5, guarded<Place, add_row<function::percentile>>},
    {"gx_first", -1, guarded<Place, choose_row<function::first>>},
    {"gx_last", -1, guarded<Place, choose_row<function::last>>},
};

int add(sqlite3* db, const entry& e, void (*finish)(sqlite3_context*), const shared& with) {
  return with.library->api.create_function_v2(
      db, e.name, e.arguments, flags, new shared(with), finish ? nullptr : e.run,
      finish ? e.run : nullptr, finish, [](void* old) { delete static_cast<shared*>(old); });
}

template <int Place>
int add_all(sqlite3* db, const shared& with) {
  int code = SQLITE_OK;
  for (const entry& e : scalars<Place>)
    if (code == SQLITE_OK) code = add(db, e, nullptr, with);
  for (const entry& e : aggregates<Place>)
    if (code == SQLITE_OK) code = add(db, e, finish<Place>, with);
  return code;
}

/// By the copy's place.
constexpr int (*adders[most_copies])(sqlite3*, const shared&) = {add_all<0>, add_all<1>, add_all<2>,
                                                                 add_all<3>};

}  // namespace

result<void> register_functions(const copy_ptr& of, sqlite3* db,
                                std::shared_ptr<const text_services> text,
                                std::shared_ptr<const running> now) {
  const int code = adders[of->place](db, {of, std::move(text), std::move(now)});
  if (code == SQLITE_OK) return {};
  return unexpected(error(errc::internal, "SQLite refused a function of ours: " +
                                              std::string(of->api.errmsg(db)))
                        .with_store_code(code));
}

}  // namespace guanxi::store::sqlite
