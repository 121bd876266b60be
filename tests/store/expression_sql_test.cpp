// The two interpreters of expressions agree: what evaluate() answers, SQLite answers to emit_sql().
#include "expr/random_expression.hpp"
#include "guanxi/expr/emit_sql.hpp"
#include "store/sqlite/functions.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <functional>

namespace {

using namespace guanxi;
using namespace expr_sample;

const std::vector<std::string> columns = {
    "amount", "cost", "discount", "probability", "account.employees", "name", "account.name",
    "account.industry", "class", "urgent", "close_date", "engage_date", "last_call", "created_at",
    "id", "account", "account.parent"};

std::uint64_t seed() {
  static const std::uint64_t chosen = [] {
    const char* given = std::getenv("GUANXI_TEST_SEED");
    return given ? std::strtoull(given, nullptr, 10) : std::uint64_t{std::random_device{}()};
  }();
  return chosen;
}

std::shared_ptr<const text_services> services() {
  static const auto made = make_text_services();
  return made;
}

void bind_raw(sqlite3_stmt* s, int place, const value& v) {
  switch (v.type()) {
    case value_type::null: sqlite3_bind_null(s, place); return;
    case value_type::boolean: sqlite3_bind_int(s, place, v.as_boolean()); return;
    case value_type::integer: sqlite3_bind_int64(s, place, v.as_integer()); return;
    case value_type::decimal: sqlite3_bind_int64(s, place, v.as_decimal().coefficient); return;
    case value_type::date: sqlite3_bind_int64(s, place, v.as_date().days); return;
    case value_type::instant: sqlite3_bind_int64(s, place, v.as_instant().microseconds); return;
    case value_type::reference: sqlite3_bind_int64(s, place, v.as_id().value); return;
    case value_type::text:
      sqlite3_bind_text64(s, place, v.as_text().data(), v.as_text().size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  }
}

value read_raw(sqlite3_stmt* s, const expr::type& t) {
  if (sqlite3_column_type(s, 0) == SQLITE_NULL) return {};
  switch (t.base) {
    case value_type::boolean: return sqlite3_column_int64(s, 0) != 0;
    case value_type::decimal: return decimal{sqlite3_column_int64(s, 0), t.scale};
    case value_type::date: return date{static_cast<std::int32_t>(sqlite3_column_int64(s, 0))};
    case value_type::instant: return instant{sqlite3_column_int64(s, 0)};
    case value_type::reference: return id{sqlite3_column_int64(s, 0)};
    case value_type::text:
      return std::string_view(reinterpret_cast<const char*>(sqlite3_column_text(s, 0)),
                              static_cast<std::size_t>(sqlite3_column_bytes(s, 0)));
    default: return std::int64_t{sqlite3_column_int64(s, 0)};
  }
}

/// One table of opportunities in memory, a column per path.
class table {
 public:
  explicit table(const std::vector<row>& rows) {
    sqlite3_open(":memory:", &db_);
    using namespace store::sqlite;
    register_functions(linked_copy(), db_, services()).value();
    std::string create = "CREATE TABLE t (n INTEGER PRIMARY KEY",
                insert = "INSERT INTO t VALUES (?";
    for (const std::string& c : columns) {
      const bool text = c.ends_with("name") || c.ends_with("industry") || c == "class";
      create += ", \"" + c + "\" " + (text ? "TEXT" : "INTEGER");
      insert += ", ?";
    }
    run(create + ")");
    sqlite3_stmt* s = prepare(insert + ")");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      sqlite3_reset(s);
      sqlite3_bind_int64(s, 1, static_cast<std::int64_t>(i));
      for (std::size_t c = 0; c < columns.size(); ++c)
        bind_raw(s, static_cast<int>(c) + 2, rows[i].at(columns[c]));
      EXPECT_EQ(sqlite3_step(s), SQLITE_DONE);
    }
    sqlite3_finalize(s);
  }
  ~table() {
    sqlite3_finalize(current_);
    sqlite3_close(db_);
  }
  table(const table&) = delete;
  table& operator=(const table&) = delete;

  using fault = std::function<void(std::string&)>;

  /// Prepares SELECT e; `where` picks the row by ?1.
  void emit(const bound& b, bool by_row, const fault& planted) {
    expr::sql_text out;
    out.values.emplace_back();  // ?1 is the row
    expr::sql_dialect dialect;
    dialect.path = [&](std::uint32_t i) { return "\"" + spelled(b.paths.entries()[i]) + "\""; };
    dialect.bind_value = [](expr::sql_text& to, value v) {
      to.values.push_back(std::move(v));
      return "?" + std::to_string(to.values.size());
    };
    dialect.bind_list = [](expr::sql_text& to, std::vector<value> list) {
      std::string json = "[";
      for (const value& v : list) {
        if (json.size() > 1) json += ",";
        json += v.type() == value_type::text ? "\"" + v.to_string() + "\"" : v.to_string();
      }
      to.values.emplace_back(json + "]");
      return "SELECT value FROM json_each(?" + std::to_string(to.values.size()) + ")";
    };
    expr::emit_sql(*b.e, dialect, out);
    if (planted) planted(out.text);
    sql = "SELECT " + out.text + " FROM t" + (by_row ? " WHERE n = ?1" : "");
    sqlite3_finalize(current_);
    current_ = prepare(sql);
    for (std::size_t i = 1; i < out.values.size(); ++i)
      if (current_) bind_raw(current_, static_cast<int>(i) + 1, out.values[i]);
  }

  /// The row's answer as text, "overflow", or another error's message.
  std::string answer(std::size_t n, const expr::type& t) {
    if (!current_) return sqlite3_errmsg(db_);
    sqlite3_reset(current_);
    sqlite3_bind_int64(current_, 1, static_cast<std::int64_t>(n));
    if (sqlite3_step(current_) == SQLITE_ROW) return read_raw(current_, t).to_string();
    const std::string message = sqlite3_errmsg(db_);
    return message.starts_with("overflow: ") ? "overflow" : message;
  }

  std::string sql;

 private:
  void run(const std::string& text) {
    EXPECT_EQ(sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  }
  sqlite3_stmt* prepare(const std::string& text) {
    sqlite3_stmt* s = nullptr;
    sqlite3_prepare_v2(db_, text.c_str(), -1, &s, nullptr);
    return s;
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* current_ = nullptr;
};

std::string shown(const result<value>& v) {
  if (v) return v->to_string();
  return v.error().code() == errc::overflow ? "overflow" : std::string(v.error().message());
}

struct outcome {
  int compared = 0, overflows = 0, disagreements = 0;
  std::string first;
};

/// An operand of `and` or `or` that cannot change the answer may fail in one interpreter only.
bool may_skip(const std::string& text) {
  return text.find(" and ") != text.npos || text.find(" or ") != text.npos;
}

outcome compare_many(int count, bool wide, std::uint64_t from_seed,
                     const table::fault& planted = {}) {
  random_source from(from_seed);
  std::vector<row> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(random_row(from, wide));
  table in(rows);
  outcome out;
  const auto report = [&](const std::string& what) {
    if (out.disagreements++ == 0) out.first = what;
  };
  for (int i = 0; i < count; ++i) {
    const std::string text = expression_writer(from, wide).any(1 + static_cast<int>(from.below(4)));
    bound b(text);
    if (!b.e) {
      report("not bound: " + text + ": " + std::string(b.why().message()));
      continue;
    }
    const expr::expression folded = expr::fold(*b.e);
    in.emit(b, true, planted);
    const std::size_t first = from.below(rows.size());
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t n = (first + k) % rows.size();
      const std::vector<value> values = values_of(b.paths, rows[n]);
      const expr::inputs given{.paths = values, .columns = {}, .text = services().get()};
      const std::string ours = shown(expr::evaluate(*b.e, given));
      const std::string after_fold = shown(expr::evaluate(folded, given));
      const std::string theirs = in.answer(n, b.type());
      ++out.compared;
      out.overflows += ours == "overflow";
      if (ours != after_fold)
        report(text + "\n  folding changes " + ours + " to " + after_fold);
      const bool only_one_failed = (ours == "overflow") != (theirs == "overflow");
      if (ours == theirs || (only_one_failed && may_skip(text))) continue;
      std::string place = text + "\n  " + in.sql + "\n  evaluator: " + ours + "\n  SQLite: " +
                          theirs;
      for (std::size_t p = 0; p < values.size(); ++p)
        place += "\n  " + spelled(b.paths.entries()[p]) + " = " + values[p].to_string();
      report(place);
    }
  }
  return out;
}

TEST(expression_sql, agrees_with_the_evaluator_on_random_expressions) {
  std::printf("GUANXI_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed()));
  const outcome calm = compare_many(14'000, false, seed());
  EXPECT_EQ(calm.disagreements, 0) << calm.first;
  const outcome wide = compare_many(6'000, true, seed() + 1);
  EXPECT_EQ(wide.disagreements, 0) << wide.first;
  EXPECT_GT(wide.overflows, 100) << "the wide half should meet overflow";
  EXPECT_GE(calm.compared + wide.compared, 80'000);
}

TEST(expression_sql, test_notices_a_planted_fault) {
  const auto swap = [](std::string_view from, std::string_view to) {
    return [from, to](std::string& sql) {
      if (const std::size_t at = sql.find(from); at != sql.npos) sql.replace(at, from.size(), to);
    };
  };
  EXPECT_GT(compare_many(2'000, false, seed(), swap(" < ", " <= ")).disagreements, 0);
  EXPECT_GT(compare_many(2'000, false, seed(), swap("gx_div", "gx_mul")).disagreements, 0);
  EXPECT_GT(compare_many(2'000, false, seed(), swap(" AND ", " OR ")).disagreements, 0);
  EXPECT_GT(compare_many(2'000, true, seed(), swap("gx_round(", "max(")).disagreements, 0);
}

/// An aggregate over rows, by the accumulator.
result<value> aggregated(const bound& b, const std::vector<row>& rows) {
  const expr::node& top = b.e->top();
  const expr::node_id argument = top.children[0], filter = top.children[1];
  const expr::type type = argument == expr::no_node ? expr::type{} : b.e->at(argument).type;
  decimal fraction{5, 1};
  if (top.fn == expr::function::percentile)
    fraction = b.e->at(top.children[2]).content.as_decimal();
  expr::accumulator sum(top.fn, top.distinct, type, top.type.scale, fraction);
  for (const row& r : rows) {
    const std::vector<value> values = values_of(b.paths, r);
    const expr::inputs given{.paths = values, .columns = {}, .text = services().get()};
    if (filter != expr::no_node) {
      result<bool> in = expr::holds(expr::subtree(*b.e, filter), given);
      if (!in) return passed(in);
      if (!*in) continue;
    }
    result<value> v = true;
    if (argument != expr::no_node) v = expr::evaluate(expr::subtree(*b.e, argument), given);
    if (!v) return v;
    std::vector<value> by;
    for (std::size_t i = 2; i < top.children.size(); ++i) {
      result<value> key = expr::evaluate(expr::subtree(*b.e, top.children[i]), given);
      if (!key) return key;
      by.push_back(std::move(*key));
    }
    if (result<void> added = sum.add(*v, by); !added) return passed(added);
  }
  return sum.finish();
}

TEST(expression_sql, agrees_on_random_aggregates) {
  random_source from(seed() + 2);
  static constexpr std::string_view numeric[] = {"sum", "avg", "median", "min", "max", "count",
                                                 "count distinct", "percentile", "first", "last"};
  static constexpr std::string_view textual[] = {"min", "max", "count", "count distinct", "first",
                                                 "last"};
  int overflows = 0;
  for (int round = 0; round < 60; ++round) {
    const bool wide = round % 3 == 0;
    std::vector<row> rows;
    for (std::size_t i = from.below(9); i > 0; --i) rows.push_back(random_row(from, wide));
    table in(rows);
    for (int i = 0; i < 30; ++i) {
      expression_writer writer(from, wide);
      const bool numbers = !from.one_in(3);
      std::string fn(numbers ? from.pick(numeric) : from.pick(textual));
      std::string argument = numbers ? writer.number(2)
                              : from.one_in(2) ? writer.text(2) : writer.day(2);
      if (fn == "count distinct") fn = "count", argument = "distinct " + argument;
      else if (fn == "percentile") argument += from.one_in(2) ? ", 0.25" : ", 0.999";
      else if (fn == "first" || fn == "last")
        argument += " by " + (from.one_in(2) ? writer.number(1) : writer.text(1)) +
                    (from.one_in(3) ? ", close_date" : "");
      else if (from.one_in(12)) fn = "count", argument = "";
      std::string text = fn + "(" + argument + ")";
      if (from.one_in(2)) text += " filter (where " + writer.condition(2) + ")";
      bound b(text, {}, true);
      if (!b.e && b.why().code() == errc::type_mismatch) continue;  // an argument that is only null
      ASSERT_TRUE(b.e) << text << ": " << b.why().message();
      in.emit(b, false, {});
      const std::string ours = shown(aggregated(b, rows));
      const std::string theirs = in.answer(0, b.type());
      overflows += ours == "overflow";
      if ((ours == "overflow") != (theirs == "overflow") && may_skip(text)) continue;
      ASSERT_EQ(ours, theirs) << text << "\n" << in.sql << "\nGUANXI_TEST_SEED=" << seed();
    }
  }
  EXPECT_GT(overflows, 0);
}

TEST(expression_sql, nesting_up_to_the_promised_bound_is_accepted) {
  random_source from(seed() + 3);
  table in({random_row(from, false)});
  static constexpr std::pair<std::string_view, std::string_view> forms[] = {
      {"coalesce(null, 1 + ", ")"}, {"(1 - (", "))"}, {"if(urgent, 1, 0.5 + ", ")"}, {"abs(", ")"},
      {"if(urgent, 0, nullif(1.5, ", "))"}, {"if(not (", " not in (1, 2)), 1, 2)"},
      {"if(amount < ", ", 1.25, 2)"}, {"if(urgent, 1.125, round(", ", 2))"},
      {"coalesce(1, 2.5, if(urgent and not (1 < ", "), 3, 4))"}};
  int near = 0;
  for (std::size_t i = 0; i < 2'000; ++i) {
    std::string text = "probability";
    for (std::string deeper = text;;) {
      const auto& [open, close] = i < std::size(forms) ? forms[i] : from.pick(forms);
      deeper = std::string(open) + text + std::string(close);
      bound b(deeper);
      if (!b.e || expr::sql_nesting(*b.e) > expr::max_sql_nesting) break;
      text = deeper;
    }
    bound b(text);
    ASSERT_TRUE(b.e) << text << b.why().message();
    near += expr::sql_nesting(*b.e) > expr::max_sql_nesting - 15;
    in.emit(b, true, {});
    ASSERT_EQ(in.answer(0, b.type()).find("stack"), std::string::npos) << in.sql;
  }
  EXPECT_GT(near, 1'000) << "too few expressions close to the bound to say anything";
}

TEST(expression_sql, long_chains_stay_shallow) {
  std::string text = "probability = 0";
  for (int i = 1; i < 3000; ++i) text += " or probability = " + std::to_string(i);
  bound b(text);
  ASSERT_TRUE(b.e) << b.why().message();
  random_source from(1);
  row r = random_row(from, false);
  r["probability"] = value(2999);
  table in({r});
  in.emit(b, true, {});
  EXPECT_EQ(in.answer(0, b.type()), "true");
}

}  // namespace
