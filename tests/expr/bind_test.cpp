#include "expr/sample.hpp"

#include <gtest/gtest.h>

namespace {

using namespace guanxi;
using namespace expr_sample;
using expr::parameter_value;

std::string type_text(const expr::type& t) {
  std::string out(name(t.base));
  if (t.base == value_type::decimal) out += std::to_string(t.scale);
  return t.money ? out + " money" : out;
}

std::string typed(std::string_view text, bool aggregates = false) {
  const bound b(text, {}, aggregates);
  return b.e ? type_text(b.type()) : "error: " + std::string(b.why().message());
}

TEST(bind, types_arithmetic) {
  EXPECT_EQ(typed("probability + 1"), "integer");
  EXPECT_EQ(typed("probability * account.employees"), "integer");
  EXPECT_EQ(typed("probability / 100"), "decimal6");
  EXPECT_EQ(typed("amount / 3"), "decimal6 money");
  EXPECT_EQ(typed("1.12345678 / 3"), "decimal8");
  EXPECT_EQ(typed("amount + discount"), "decimal4 money");
  EXPECT_EQ(typed("amount + 1.000"), "decimal2 money");
  EXPECT_EQ(typed("amount + 1.005"), "decimal3 money");
  EXPECT_EQ(typed("amount * discount"), "decimal6 money");
  EXPECT_EQ(typed("amount * amount * discount * discount * discount * discount"),
            "decimal18 money");
  EXPECT_EQ(typed("amount / cost"), "decimal6");
  EXPECT_EQ(typed("-amount"), "decimal2 money");
  EXPECT_EQ(typed("close_date - engage_date"), "integer");
  EXPECT_EQ(typed("close_date + 30"), "date");
  EXPECT_EQ(typed("30 + close_date"), "date");
  EXPECT_EQ(typed("close_date - 30"), "date");
  EXPECT_EQ(typed("close_date - '2017-01-01'"), "integer");
}

TEST(bind, types_functions) {
  EXPECT_EQ(typed("coalesce(amount, 0)"), "decimal2 money");
  EXPECT_EQ(typed("coalesce(null, discount, amount)"), "decimal4 money");
  EXPECT_EQ(typed("coalesce(class, 'none')"), "text");
  EXPECT_EQ(typed("coalesce(close_date, '2017-01-01')"), "date");
  EXPECT_EQ(typed("coalesce(null, null)"), "null");
  EXPECT_EQ(typed("if(urgent, probability, 2.5)"), "decimal1");
  EXPECT_EQ(typed("nullif(amount, 0)"), "decimal2 money");
  EXPECT_EQ(typed("round(amount, 1)"), "decimal1 money");
  EXPECT_EQ(typed("round(probability / 3)"), "decimal0");
  EXPECT_EQ(typed("bucket(amount, 1000)"), "decimal2 money");
  EXPECT_EQ(typed("bucket(probability, 0, 50)"), "integer");
  EXPECT_EQ(typed("bucket(amount / 3, 0.5)"), "decimal6 money");
  EXPECT_EQ(typed("year(last_call)"), "integer");
  EXPECT_EQ(typed("period(close_date, quarter)"), "text");
  EXPECT_EQ(typed("date(last_call)"), "date");
  EXPECT_EQ(typed("length(name)"), "integer");
  EXPECT_EQ(typed("concat(name, class)"), "text");
  EXPECT_EQ(typed("search('x', name)"), "boolean");
  EXPECT_EQ(typed("last_call - '2026-03-01T00:00:00Z'"), "decimal6");
  EXPECT_EQ(typed("round(last_call - last_call, 2)"), "decimal2");
  EXPECT_EQ(typed("relevance('x', name, class)"), "integer");
}

TEST(bind, types_aggregates) {
  EXPECT_EQ(typed("count()", true), "integer");
  EXPECT_EQ(typed("count(distinct account)", true), "integer");
  EXPECT_EQ(typed("sum(amount) filter (where urgent)", true), "decimal2 money");
  EXPECT_EQ(typed("sum(probability)", true), "integer");
  EXPECT_EQ(typed("avg(probability)", true), "decimal6");
  EXPECT_EQ(typed("round(avg(amount), 2)", true), "decimal2 money");
  EXPECT_EQ(typed("median(amount)", true), "decimal3 money");
  EXPECT_EQ(typed("median(0.000000000000000001)", true), "decimal18");
  EXPECT_EQ(typed("percentile(amount, 0.5)", true), typed("median(amount)", true));
  EXPECT_EQ(typed("percentile(amount, 0.250)", true), "decimal4 money");
  EXPECT_EQ(typed("percentile(probability, 1)", true), "decimal1");
  EXPECT_EQ(typed("percentile(discount, 0.999999999999999999)", true), "decimal18");
  EXPECT_EQ(typed("first(amount by close_date)", true), "decimal2 money");
  EXPECT_EQ(typed("last(account by name, id)", true), "reference");
  EXPECT_EQ(typed("grouping(name)", true), "integer");
  EXPECT_EQ(typed("running_sum(sum(amount))", true), "decimal2 money");
  EXPECT_EQ(typed("share(sum(amount))", true), "decimal6");
  EXPECT_EQ(typed("round(share(count()), 2)", true), "decimal2");
  EXPECT_EQ(typed("max(close_date)", true), "date");
  EXPECT_EQ(typed("sum(amount) / count()", true), "decimal6 money");
}

TEST(bind, walks_paths_through_references) {
  const bound b("owner.manager.name = account.parent.name and account = 5 "
                "and owner.manager in (1, 2) and account.parent.name != 'x'");
  ASSERT_TRUE(b.e) << b.why().message();
  std::string paths;
  for (const expr::bound_path& p : b.paths.entries()) paths += spelled(p) + " ";
  EXPECT_EQ(paths, "owner.manager.name account.parent.name account owner.manager ");
  const bound reference("account.parent");
  EXPECT_EQ(reference.type().target, company().find("account"));
  EXPECT_EQ(bound("id").type().target, &opportunity());
}

struct refusal {
  std::string_view text;
  errc code;
  std::int64_t offset;
  std::string_view message;
  bool aggregates = false;
};

void expect_refused(const refusal& c) {
  const bound b(c.text, {}, c.aggregates);
  ASSERT_FALSE(b.e) << c.text;
  EXPECT_EQ(b.why().code(), c.code) << c.text;
  EXPECT_EQ(b.why().offset(), c.offset) << c.text;
  EXPECT_EQ(b.why().message(), c.message) << c.text;
}

TEST(bind, refuses_names_with_the_nearest_that_is_known) {
  const refusal cases[] = {
      {"1 < amout", errc::unknown_name, 4,
       "no field `amout` on `opportunity`; did you mean `amount`?"},
      {"account.industri = 'x'", errc::unknown_name, 8,
       "no field `industri` on `account`; did you mean `industry`?"},
      {"acount.industry = 'x'", errc::unknown_name, 0,
       "no field `acount` on `opportunity`; did you mean `account`?"},
      {"zzzzzz", errc::unknown_name, 0, "no field `zzzzzz` on `opportunity`"},
      {"name.length = 1", errc::type_mismatch, 0,
       "`name` on `opportunity` is not a reference, so `.length` cannot follow it"},
      {"class = 'wonn'", errc::unknown_name, 8,
       "`wonn` is not a choice of `class`; did you mean `won`?"},
      {"class in ('won', 'gone')", errc::unknown_name, 17,
       "`gone` is not a choice of `class`; the choices are `open`, `won`, `lost`"},
      {"amount > :min", errc::unknown_name, 9, "no value given for parameter `:min`"},
      {"close_date in this_quater", errc::unknown_name, 14,
       "no range of dates `this_quater`; did you mean `this_quarter`?"},
      {"close_date in whenever", errc::unknown_name, 14,
       "no range of dates `whenever`; use one such as `this_month` or `last_n_days(7)`"},
      {"close_date in last_n_days(0)", errc::type_mismatch, 26,
       "`last_n_days` takes a whole number from 1 to 100000 that is known beforehand"},
      {"name in this_month", errc::type_mismatch, 5,
       "a range of dates such as `this_month` is for dates and instants, not `name` (text)"},
      {"period(close_date, quarters)", errc::unknown_name, 0,
       "`quarters` is not a unit of `period`; did you mean `quarter`?"},
  };
  for (const refusal& c : cases) expect_refused(c);
  const bound b("account.industri = 'x'");
  EXPECT_EQ(b.why().entity(), "account");
  EXPECT_EQ(b.why().field(), "industri");
}

TEST(bind, refuses_types_that_do_not_fit) {
  const refusal cases[] = {
      {"amount > '5'", errc::type_mismatch, 7, "`>` cannot compare `amount` (decimal) with text"},
      {"name = 5", errc::type_mismatch, 5, "`=` cannot compare `name` (text) with integer"},
      {"urgent < true", errc::type_mismatch, 7,
       "`<` cannot compare `urgent` (boolean) with boolean"},
      {"close_date = last_call", errc::type_mismatch, 11,
       "`=` cannot compare `close_date` (date) with `last_call` (instant)"},
      {"name + 1", errc::type_mismatch, 5,
       "`+` takes numbers, or a date and a whole number of days, not `name` (text) and integer"},
      {"close_date + engage_date", errc::type_mismatch, 11,
       "`+` takes numbers, or a date and a whole number of days, not `close_date` (date) and "
       "`engage_date` (date)"},
      {"close_date + 1.5", errc::type_mismatch, 11,
       "`+` takes numbers, or a date and a whole number of days, not `close_date` (date) "
       "and decimal"},
      {"name * 2", errc::type_mismatch, 5, "`*` takes numbers, not `name` (text) and integer"},
      {"-name", errc::type_mismatch, 0, "`-` takes a number, not `name` (text)"},
      {"urgent and amount", errc::type_mismatch, 11,
       "`and` takes conditions, not `amount` (decimal)"},
      {"not probability", errc::type_mismatch, 4,
       "`not` takes conditions, not `probability` (integer)"},
      {"amount like 'x'", errc::type_mismatch, 0, "`like` takes texts, not `amount` (decimal)"},
      {"amount in ('x')", errc::type_mismatch, 11,
       "`in` cannot compare `amount` (decimal) with text"},
      {"amount in (cost)", errc::type_mismatch, 11,
       "the list of `in` takes literals and parameters; compare with the rest by `=` and `or`"},
      {"close_date = 'tomorrow'", errc::parse, 13,
       "`tomorrow` is not a date; write it as YYYY-MM-DD"},
      {"lower(amount)", errc::type_mismatch, 6, "`lower` takes a text, not `amount` (decimal)"},
      {"lower(name, name)", errc::type_mismatch, 0, "`lower` takes a text, not 2 values"},
      {"abs()", errc::type_mismatch, 0, "`abs` takes a number, not nothing"},
      {"bucket(amount)", errc::type_mismatch, 0,
       "`bucket` takes a number and a width, or two or more rising boundaries, not one value"},
      {"bucket(name, 5)", errc::type_mismatch, 7,
       "`bucket` takes a number and a width, or two or more rising boundaries, not `name` (text)"},
      {"bucket(amount, 0)", errc::type_mismatch, 15,
       "the width of `bucket` is above 0, not `0.00`"},
      {"bucket(amount, -5)", errc::type_mismatch, 15,
       "the width of `bucket` is above 0, not `-5.00`"},
      {"bucket(probability, 0.5)", errc::type_mismatch, 20,
       "`0.5` is no bound for numbers with 0 digits behind the point; use one that such a number "
       "can have"},
      {"bucket(amount, 0, 5, 5.0)", errc::type_mismatch, 21,
       "the boundaries of `bucket` rise, and `5.00` is not above the one before it"},
      {"bucket(amount, cost)", errc::type_mismatch, 15,
       "the width and the boundaries of `bucket` are numbers, written out or given as parameters, "
       "not `cost` (decimal)"},
      {"round(amount, probability)", errc::type_mismatch, 14,
       "`round` takes a number and, if wanted, a number of digits from 0 to 18, written as a "
       "number"},
      {"round(amount, 19)", errc::type_mismatch, 14,
       "`round` takes a number and, if wanted, a number of digits from 0 to 18, written as a "
       "number"},
      {"coalesce(amount)", errc::type_mismatch, 0,
       "`coalesce` takes two or more values of one type, not one value"},
      {"coalesce(amount, name)", errc::type_mismatch, 17,
       "`coalesce` takes two or more values of one type, not `name` (text)"},
      {"if(amount, 1, 2)", errc::type_mismatch, 3,
       "`if` takes a condition and two values of one type, not `amount` (decimal)"},
      {"year(name)", errc::type_mismatch, 5,
       "`year` takes a date or an instant, not `name` (text)"},
      {"date(close_date)", errc::type_mismatch, 5,
       "`date` takes an instant, not `close_date` (date)"},
      {"sum(amount) > 1", errc::parse, 0, "`sum` may not stand here"},
      {"sum(avg(amount))", errc::parse, 0, "`sum` may not hold another aggregate", true},
      {"count() filter (where sum(amount) > 1)", errc::parse, 0,
       "`count` may not hold another aggregate", true},
      {"sum(distinct amount)", errc::parse, 0, "`distinct` goes with `count` only, not with `sum`",
       true},
      {"sum(name)", errc::type_mismatch, 4, "`sum` takes a number, not `name` (text)", true},
      {"sum()", errc::type_mismatch, 0, "`sum` takes a number, not nothing", true},
      {"min(urgent)", errc::type_mismatch, 4,
       "`min` takes a number, a text, a date or an instant, not `urgent` (boolean)", true},
      {"percentile(name, 0.5)", errc::type_mismatch, 11,
       "`percentile` takes a number and a fraction from 0 to 1, not `name` (text)", true},
      {"percentile(amount)", errc::type_mismatch, 0,
       "`percentile` takes a number and a fraction from 0 to 1, not one value", true},
      {"percentile(amount, -0.1)", errc::type_mismatch, 19,
       "the fraction of `percentile` is a number from 0 to 1, written out or given as a "
       "parameter, not `-0.1`", true},
      {"percentile(amount, probability)", errc::type_mismatch, 19,
       "the fraction of `percentile` is a number from 0 to 1, written out or given as a "
       "parameter, not `probability` (integer)", true},
      {"percentile(amount, null)", errc::type_mismatch, 19,
       "the fraction of `percentile` is a number from 0 to 1, written out or given as a "
       "parameter, not `null`", true},
      {"first(name)", errc::type_mismatch, 0,
       "`first` takes a value and, behind `by`, numbers, texts, dates, instants or references, "
       "not one value", true},
      {"last(name by amount, urgent)", errc::type_mismatch, 21,
       "`last` takes a value and, behind `by`, numbers, texts, dates, instants or references, not "
       "`urgent` (boolean)", true},
      {"first(null by amount)", errc::type_mismatch, 6,
       "`first` takes a value and, behind `by`, numbers, texts, dates, instants or references, "
       "not null", true},
      {"first(name by sum(amount))", errc::parse, 0, "`first` may not hold another aggregate",
       true},
      {"grouping(name)", errc::parse, 0, "`grouping` may not stand here"},
      {"share(amount)", errc::parse, 0, "`share` may not stand here"},
      {"running_sum(name)", errc::type_mismatch, 12,
       "`running_sum` takes a number of each group, not `name` (text)", true},
      {"convert(amount, 'EUR')", errc::misuse, 0,
       "`convert` may not stand here; it is for queries, which know of exchange rates"},
      {"sum(amount) filter (where cost)", errc::type_mismatch, 26,
       "`filter` takes a condition, not `cost` (decimal)", true},
  };
  for (const refusal& c : cases) expect_refused(c);
}

TEST(bind, tells_a_hidden_name_from_an_unknown_one_by_nothing) {
  for (const std::string text : {"NAME > 1", "1 + round(coalesce(NAME, 2), 1) > 3",
                                 "account.employees > 1 and sum(NAME) = 1", "NAME.x = 1"}) {
    const auto with = [&](std::string_view name) {
      std::string out = text;
      out.replace(out.find("NAME"), 4, name);
      return out;
    };
    const bound hidden(with("margin"), {}, true, "margin");
    const bound unknown(with("morgen"), {}, true, "margin");
    ASSERT_FALSE(hidden.e);
    ASSERT_FALSE(unknown.e);
    std::string wanted(unknown.why().message());
    wanted.replace(wanted.find("morgen"), 6, "margin");
    EXPECT_EQ(hidden.why().message(), wanted);
    EXPECT_EQ(hidden.why().code(), unknown.why().code());
    EXPECT_EQ(hidden.why().offset(), unknown.why().offset());
  }
  const bound near("margins > 1", {}, false, "margin");
  EXPECT_EQ(near.why().message(), "no field `margins` on `opportunity`")
      << "a hint would tell of it";
  EXPECT_EQ(bound("margins > 1").why().message(),
            "no field `margins` on `opportunity`; did you mean `margin`?");
}

TEST(bind, hides_every_step_of_a_path) {
  EXPECT_TRUE(bound("account.parent.name = 'x'").e);
  EXPECT_EQ(bound("account.parent.name = 'x'", {}, false, "parent").why().message(),
            "no field `parent` on `account`");
  EXPECT_FALSE(bound("owner.manager.name = 'x'", {}, false, "owner").e);
}

parameter_value one(std::string name, value v) {
  return {std::move(name), std::move(v), {}, false};
}
parameter_value many(std::string name, std::vector<value> list) {
  return {std::move(name), {}, std::move(list), true};
}

TEST(bind, leaves_open_parameters_to_be_replaced) {
  const std::vector<parameter_value> open = {
      {.name = "other", .content = 1},
      {.name = "n", .open = expr::type{.base = value_type::integer}}};
  const bound b("probability > :n and :other = 1", open);
  ASSERT_TRUE(b.e) << b.why().message();
  const auto still_open = [](const expr::expression& e) {
    return std::count_if(e.nodes.begin(), e.nodes.end(),
                         [](const expr::node& n) { return n.what == expr::op::parameter; });
  };
  expr::expression e = *b.e;
  EXPECT_EQ(still_open(e), 1);
  expr::replace_parameters(e, std::vector<value>{1, 40});
  EXPECT_EQ(still_open(e), 0);
  EXPECT_EQ(expr::print(e), "probability > 40 and 1 = 1");
  EXPECT_EQ(bound("name = :n", open).why().code(), errc::type_mismatch);
  EXPECT_EQ(bound("probability in (:n)", open).why().code(), errc::type_mismatch);
}

TEST(bind, puts_parameters_in_place) {
  const row r{{"probability", value(50)}, {"name", value("Acme")},
              {"close_date", day("2017-03-01")}};
  EXPECT_EQ(evaluated("probability > :min", r, {one("min", 10)}).value(), value(true));
  EXPECT_EQ(evaluated("name = :after.name", r, {one("after.name", "Acme")}).value(), value(true));
  EXPECT_EQ(evaluated("close_date = :d", r, {one("d", "2017-03-01")}).value(), value(true));
  EXPECT_EQ(evaluated("name in :l", r, {many("l", {value("x"), value("Acme")})}).value(),
            value(true));
  EXPECT_EQ(evaluated("name in (:l, :m)", r, {many("l", {}), one("m", "Acme")}).value(),
            value(true));
  EXPECT_EQ(evaluated("name in :m", r, {one("m", "Acme")}).value(), value(true));
  EXPECT_EQ(evaluated("name = :p", r, {one("p", "x' or 'a' = 'a")}).value(), value(false));
}

TEST(bind, refuses_a_list_outside_in) {
  for (const char* text : {"name = :l", ":l", "not :l", ":l in (1)", "count(:l)", "lower(:l)"}) {
    const bound b(text, {many("l", {value("x")})}, true);
    ASSERT_FALSE(b.e) << text;
    EXPECT_EQ(b.why().message(), "the parameter `:l` is a list; it may only follow `in`");
    EXPECT_EQ(b.why().code(), errc::type_mismatch);
  }
}

TEST(bind, takes_long_lists) {
  std::vector<value> list;
  for (int i = 0; i < 100'000; ++i) list.emplace_back(i * 2);
  const row r{{"probability", value(199'998)}};
  EXPECT_EQ(evaluated("probability in :l", r, {many("l", list)}).value(), value(true));
  EXPECT_EQ(evaluated("probability - 1 in :l", r, {many("l", list)}).value(), value(false));
  EXPECT_TRUE(bound("probability in :l", {many("l", list)}).e);
}

TEST(bind, keeps_only_members_that_can_match) {
  const bound b("probability in (3, 1.5, null, 1, 2.0, 1)");
  ASSERT_TRUE(b.e);
  EXPECT_EQ(print(*b.e), "probability in (1, 2, 3)");
  const bound amounts("amount in (1, 2.505, 2.5)");
  EXPECT_EQ(print(*amounts.e), "amount in (1.00, 2.50)");
}

TEST(bind, refuses_trees_that_are_too_deep_whoever_built_them) {
  expr::tree t = expr::path("urgent");
  for (int i = 0; i < 300; ++i) t = expr::unary(expr::op::logical_not, std::move(t));
  expr::path_table paths(opportunity());
  expr::scope in;
  in.paths = &paths;
  EXPECT_EQ(expr::bind(t, in).error().code(), errc::limit);
  EXPECT_FALSE(expr::bind(expr::tree{}, in));
}

TEST(bind, condition_must_be_one) {
  expr::path_table paths(opportunity());
  expr::scope in;
  in.paths = &paths;
  EXPECT_TRUE(expr::bind_condition(expr::parse("urgent").value(), in));
  EXPECT_TRUE(expr::bind_condition(expr::parse("null").value(), in));
  const auto refused = expr::bind_condition(expr::parse("amount + 1").value(), in);
  EXPECT_EQ(refused.error().message(), "a condition is needed here, not decimal");
  EXPECT_EQ(refused.error().offset(), 7);
}

TEST(bind, nested_selects_become_lists) {
  expr::cursor from(
      expr::tokenise("account in (select x) and probability not in (select y)").value());
  std::uint32_t count = 0;
  expr::nested_readers nested;
  nested.select = [&](expr::cursor& at) -> result<std::uint32_t> {
    while (!at.take_sign(")")) at.take();
    return count++;
  };
  const expr::tree t = expr::parse(from, nested).value();
  expr::path_table paths(opportunity());
  expr::scope in;
  in.paths = &paths;
  EXPECT_EQ(expr::bind(t, in).error().message(), "a nested select may not stand here");
  in.subselect_type = [](std::uint32_t n) -> result<expr::type> {
    return expr::type{.base = n == 0 ? value_type::reference : value_type::integer};
  };
  expr::expression e = expr::bind(t, in).value();
  expr::replace_subselect(e, 0, {value(id{7}), value(), value(id{3})});
  expr::replace_subselect(e, 1, {value(), value(50)});
  EXPECT_EQ(expr::print(e), "account in (3, 7) and probability not in (50)");
  const std::vector<value> yes = {value(id{7}), value(40)}, no = {value(id{7}), value(50)};
  EXPECT_TRUE(expr::holds(e, {.paths = yes, .columns = {}, .text = nullptr}).value());
  EXPECT_FALSE(expr::holds(e, {.paths = no, .columns = {}, .text = nullptr}).value());
}

TEST(bind, conjuncts_come_in_order) {
  const bound b("urgent and (amount > 1 and (cost > 2 or urgent)) and name = 'x'");
  std::string out;
  for (const expr::expression& e : expr::conjuncts(*b.e)) out += "[" + expr::print(e) + "]";
  EXPECT_EQ(out, "[urgent][amount > 1.00][cost > 2.00 or urgent][name = 'x']");
}

}  // namespace
