#include "functions.hpp"

#include "guanxi/expr/evaluate.hpp"

#include <exception>
#include <new>
#include <string>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

using expr::accumulator;
using expr::function;
using expr::op;
using services = std::shared_ptr<const text_services>;

void refuse(sqlite3_context* to, const error& why) {
  std::string message(why.code() == errc::overflow ? "overflow: " : "");
  message += why.message();
  sqlite3_result_error(to, message.data(), static_cast<int>(message.size()));
}

std::string_view text_of(sqlite3_value* v) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(v));
  return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(v)))
              : std::string_view();
}

void give_text(sqlite3_context* to, std::string_view text) {
  sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void give(sqlite3_context* to, const result<value>& v) {
  if (!v) return refuse(to, v.error());
  switch (v->type()) {
    case value_type::null: return sqlite3_result_null(to);
    case value_type::boolean: return sqlite3_result_int(to, v->as_boolean());
    case value_type::integer: return sqlite3_result_int64(to, v->as_integer());
    case value_type::decimal: return sqlite3_result_int64(to, v->as_decimal().coefficient);
    case value_type::text: return give_text(to, v->as_text());
    case value_type::date: return sqlite3_result_int64(to, v->as_date().days);
    case value_type::instant: return sqlite3_result_int64(to, v->as_instant().microseconds);
    case value_type::reference: return sqlite3_result_int64(to, v->as_id().value);
  }
}

bool is_null(sqlite3_value* v) { return sqlite3_value_type(v) == SQLITE_NULL; }
int scale_of(sqlite3_value* v) { return sqlite3_value_int(v); }

/// A number as it travels; a scale of -1 says that it is an integer.
value number(sqlite3_value* v, int scale) {
  if (is_null(v)) return {};
  const std::int64_t coefficient = sqlite3_value_int64(v);
  if (scale < 0) return coefficient;
  return decimal{coefficient, static_cast<std::uint8_t>(scale)};
}

value day(sqlite3_value* v) {
  if (is_null(v)) return {};
  return date{static_cast<std::int32_t>(sqlite3_value_int64(v))};
}

value text(sqlite3_value* v) {
  if (is_null(v)) return {};
  return text_of(v);
}

const text_services& services_of(sqlite3_context* to) {
  return **static_cast<const services*>(sqlite3_user_data(to));
}

using body = void (*)(sqlite3_context*, sqlite3_value**);

/// No exception may pass through SQLite.
template <body Body>
void guarded(sqlite3_context* to, int, sqlite3_value** given) noexcept {
  try {
    Body(to, given);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(to);
  } catch (const std::exception& why) {
    sqlite3_result_error(to, why.what(), -1);
  }
}

template <op What>
void arithmetic(sqlite3_context* to, sqlite3_value** given) {
  give(to, expr::arithmetic(What, number(given[0], scale_of(given[1])),
                            number(given[2], scale_of(given[3])), scale_of(given[4])));
}

void negate(sqlite3_context* to, sqlite3_value** given) {
  give(to, expr::arithmetic(op::negate, number(given[0], -1), {}, 0));
}

template <op What>
void move_days(sqlite3_context* to, sqlite3_value** given) {
  give(to, expr::arithmetic(What, day(given[0]), number(given[1], -1), 0));
}

void absolute(sqlite3_context* to, sqlite3_value** given) {
  const value x = number(given[0], -1);
  give(to, expr::call(function::abs, {}, {&x, 1}, 0, services_of(to)));
}

void round(sqlite3_context* to, sqlite3_value** given) {
  const value x = number(given[0], scale_of(given[1]));
  give(to, expr::call(function::round, {}, {&x, 1}, scale_of(given[2]), services_of(to)));
}

void compare(sqlite3_context* to, sqlite3_value** given) {
  const value a = number(given[0], scale_of(given[1])), b = number(given[2], scale_of(given[3]));
  if (a.is_null() || b.is_null()) return sqlite3_result_null(to);
  const auto by = expr::compare_values(a, b);
  sqlite3_result_int(to, by < 0 ? -1 : by > 0 ? 1 : 0);
}

void null_if(sqlite3_context* to, sqlite3_value** given) {
  const value both[] = {number(given[0], scale_of(given[1])), number(given[2], scale_of(given[3]))};
  give(to, expr::call(function::nullif, {}, both, scale_of(given[1]), services_of(to)));
}

void utc_date(sqlite3_context* to, sqlite3_value** given) {
  if (is_null(given[0])) return sqlite3_result_null(to);
  const value at = instant{sqlite3_value_int64(given[0])};
  give(to, expr::call(function::date, {}, {&at, 1}, 0, services_of(to)));
}

void date_part(sqlite3_context* to, sqlite3_value** given) {
  const value d = day(given[1]);
  const function part = expr::function_named(text_of(given[0]));
  give(to, expr::call(part, {}, {&d, 1}, 0, services_of(to)));
}

void period(sqlite3_context* to, sqlite3_value** given) {
  const value d = day(given[1]);
  give(to, expr::call(function::period, text_of(given[0]), {&d, 1}, 0, services_of(to)));
}

template <function Fn>
void on_text(sqlite3_context* to, sqlite3_value** given) {
  const value t = text(given[0]);
  give(to, expr::call(Fn, {}, {&t, 1}, 0, services_of(to)));
}

void like(sqlite3_context* to, sqlite3_value** given) {
  if (is_null(given[0]) || is_null(given[1])) return sqlite3_result_null(to);
  const text_services& text = services_of(to);
  // The pattern is mostly a constant of the statement, so its folded form is kept between rows.
  const auto* kept = static_cast<const std::string*>(sqlite3_get_auxdata(to, 1));
  std::string fresh;
  if (!kept) fresh = text.folded(text_of(given[1]));
  sqlite3_result_int(to, expr::like(text.folded(text_of(given[0])), kept ? *kept : fresh));
  if (!kept)
    sqlite3_set_auxdata(to, 1, new std::string(std::move(fresh)),
                        [](void* old) { delete static_cast<std::string*>(old); });
}

/// What an aggregate keeps between rows: SQLite gives room for a pointer, null before
/// the first row.
accumulator** kept(sqlite3_context* to, bool make) {
  return static_cast<accumulator**>(
      sqlite3_aggregate_context(to, make ? static_cast<int>(sizeof(accumulator*)) : 0));
}

template <function Fn>
void add_row(sqlite3_context* to, sqlite3_value** given) {
  accumulator** at = kept(to, true);
  if (!at) return sqlite3_result_error_nomem(to);
  const bool scaled = Fn != function::sum;
  const int from = scaled ? scale_of(given[1]) : 0;
  if (!*at) {
    const expr::type argument{.base = scaled ? value_type::decimal : value_type::integer,
                              .scale = static_cast<std::uint8_t>(from)};
    *at = new accumulator(Fn, false, argument, scaled ? scale_of(given[2]) : 0);
  }
  if (result<void> added = (*at)->add(number(given[0], scaled ? from : -1)); !added)
    refuse(to, added.error());
}

void finish(sqlite3_context* to) noexcept {
  accumulator** at = kept(to, false);
  if (!at || !*at) return sqlite3_result_null(to);
  const std::unique_ptr<accumulator> own(std::exchange(*at, nullptr));
  try {
    give(to, own->finish());
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(to);
  }
}

constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

using row_function = void (*)(sqlite3_context*, int, sqlite3_value**);
struct entry {
  const char* name;
  int arguments;
  row_function run;
};

constexpr entry scalars[] = {
    {"gx_add", 5, guarded<arithmetic<op::add>>},
    {"gx_sub", 5, guarded<arithmetic<op::subtract>>},
    {"gx_mul", 5, guarded<arithmetic<op::multiply>>},
    {"gx_div", 5, guarded<arithmetic<op::divide>>},
    {"gx_neg", 1, guarded<negate>},
    {"gx_abs", 1, guarded<absolute>},
    {"gx_round", 3, guarded<round>},
    {"gx_compare", 4, guarded<compare>},
    {"gx_nullif", 4, guarded<null_if>},
    {"gx_add_days", 2, guarded<move_days<op::add>>},
    {"gx_sub_days", 2, guarded<move_days<op::subtract>>},
    {"gx_date", 1, guarded<utc_date>},
    {"gx_date_part", 2, guarded<date_part>},
    {"gx_period", 2, guarded<period>},
    {"gx_like", 2, guarded<like>},
    {"gx_lower", 1, guarded<on_text<function::lower>>},
    {"gx_upper", 1, guarded<on_text<function::upper>>},
    {"gx_length", 1, guarded<on_text<function::length>>},
};

constexpr entry aggregates[] = {
    {"gx_sum", 1, guarded<add_row<function::sum>>},
    {"gx_avg", 3, guarded<add_row<function::avg>>},
    {"gx_median", 3, guarded<add_row<function::median>>},
};

int add(sqlite3* db, const entry& e, bool aggregate, const services& text) {
  return sqlite3_create_function_v2(
      db, e.name, e.arguments, flags, new services(text), aggregate ? nullptr : e.run,
      aggregate ? e.run : nullptr, aggregate ? finish : nullptr,
      [](void* old) { delete static_cast<services*>(old); });
}

}  // namespace

result<void> register_functions(sqlite3* db, services text) {
  int code = SQLITE_OK;
  for (const entry& e : scalars)
    if (code == SQLITE_OK) code = add(db, e, false, text);
  for (const entry& e : aggregates)
    if (code == SQLITE_OK) code = add(db, e, true, text);
  if (code == SQLITE_OK) return {};
  return unexpected(error(errc::internal, "SQLite refused a function of ours: " +
                                              std::string(sqlite3_errmsg(db)))
                        .with_store_code(code));
}

}  // namespace guanxi::store::sqlite
