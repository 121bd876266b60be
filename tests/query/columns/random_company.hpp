// Random companies in column tables, and random statements over them.
#pragma once

#include "expr/random_expression.hpp"
#include "guanxi/query/statement.hpp"
#include "moment_source.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace guanxi::test {

using expr_sample::random_source;

/// The entities of the expressions' sample, with other fields indexed each time.
inline schema::catalog_ptr random_catalog(random_source& random) {
  std::vector<schema::entity_definition> all;
  for (const schema::entity_row& e : expr_sample::entities) {
    schema::entity_definition d = schema::define(e);
    for (schema::field_definition& f : d.fields)
      if (random.one_in(2)) f.flags |= schema::indexed;
    all.push_back(std::move(d));
  }
  return schema::catalog::compile(all).value();
}

/// Users 1 to 5, a role tree of four, private or open entities.
inline policy::rulebook_ptr random_rules(random_source& random) {
  policy::rules r;
  r.roles = {{id{1}, id{}, "top"}, {id{2}, id{1}, "left"}, {id{3}, id{1}, "right"},
             {id{4}, id{2}, "below"}};
  for (std::int64_t u = 1; u <= 5; ++u)
    r.users.push_back({id{u}, "u" + std::to_string(u), "u", id{random.one_in(5) ? 0 : u % 4 + 1},
                       true, {id{random.one_in(4) ? 2 : 1}}});
  r.entity_rights.push_back({.permission_set = id{1}, .entity = "*", .read = true});
  r.entity_rights.push_back(
      {.permission_set = id{2}, .entity = "*", .read = true, .view_all = true});
  for (const char* e : {"user", "account", "opportunity"})
    if (random.one_in(2))
      r.defaults.push_back({e, random.one_in(2) ? policy::level::read : policy::level::none,
                            !random.one_in(4)});
  return policy::rulebook::compile(std::move(r)).value();
}

class record_writer {
 public:
  record_writer(random_source& random, schema::catalog_ptr catalog, bool wide)
      : random_(random), catalog_(std::move(catalog)), wide_(wide) {}

  schema::record record(const schema::entity& of, std::int64_t key) {
    schema::record r(catalog_, of);
    for (const schema::field& f : of.fields())
      if (!random_.one_in(5)) r.set(f.slot, content(f));
    r.set(schema::system_slot::id, id{key});
    r.set(schema::system_slot::deletion_batch,
          random_.one_in(12) ? value(std::int64_t{9}) : value());
    r.set(schema::system_slot::archived, random_.one_in(12) ? value(true) : value());
    if (of.currency_slot() != schema::no_slot)
      r.set(of.currency_slot(), random_.one_in(two_currencies ? 4 : 1000) ? "EUR" : "USD");
    return r;
  }
  bool two_currencies = false;

 private:
  random_source& random_;
  schema::catalog_ptr catalog_;
  bool wide_;

  std::int64_t number() {
    static constexpr std::int64_t some[] = {0, 1, -1, 50, 100, 250, 12500, -12500, 999999};
    if (wide_ && random_.one_in(12)) return static_cast<std::int64_t>(random_.bits());
    return random_.one_in(3) ? static_cast<std::int64_t>(random_.below(100'000))
                             : random_.pick(some);
  }
  value content(const schema::field& f) {
    static constexpr std::string_view words[] = {"Acme", "acme", "", "ACME GmbH", "张三",
                                                 "Straße", "100%", "it's", "n3", "Ünïcödé",
                                                 "李四公司"};
    static constexpr std::string_view codes[] = {"open", "won", "lost"};
    static constexpr std::int32_t days[] = {0, 17226, 17225, 16860, 17532};
    static constexpr std::int64_t moments[] = {0, -1, 1488355200000000, 1488355199999999};
    switch (f.type) {
      case schema::kind::boolean: return random_.one_in(2);
      case schema::kind::integer: return number();
      case schema::kind::decimal:
      case schema::kind::money: return decimal{number(), f.scale};
      case schema::kind::choice: return value(random_.pick(codes));
      case schema::kind::date:
        return date{wide_ && random_.one_in(8)
                        ? (random_.one_in(2) ? -719'162 : 2'932'896)
                        : random_.pick(days) + static_cast<std::int32_t>(random_.below(40))};
      case schema::kind::instant:
        return instant{random_.one_in(2) ? random_.pick(moments)
                                         : static_cast<std::int64_t>(random_.below(1'000'000'000))};
      case schema::kind::reference:
        // Some lead nowhere.
        return id{static_cast<std::int64_t>(1 + random_.below(f.slot < 4 ? 5 : 14))};
      default:
        return random_.one_in(3) ? value("text " + std::to_string(random_.below(60)))
                                 : value(random_.pick(words));
    }
  }
};

/// Writes statements over opportunities, and now and then over accounts.
class statement_writer {
 public:
  statement_writer(random_source& random, bool wide)
      : random_(random), expression_(random, wide) {}

  std::string statement() {
    const bool grouped = random_.one_in(2);
    std::vector<std::string> keys, items;
    bool sets = false;
    if (grouped) {
      for (std::size_t i = random_.below(4); i > 0; --i) keys.push_back(key());
      sets = !keys.empty() && random_.one_in(3);
      items = keys;
      for (const std::string& k : keys)
        if (sets && random_.one_in(2)) items.push_back("grouping(" + k + ")");
      for (std::size_t i = 1 + random_.below(3); i > 0; --i) items.push_back(aggregate());
      if (random_.one_in(5)) items.push_back(over_answer());
    } else {
      for (std::size_t i = 1 + random_.below(4); i > 0; --i) items.push_back(any());
    }
    std::string out = "select " + joined(items) + " from opportunity" +
                      pick({"", "", "", " with archived", " archived", " deleted"});
    if (!random_.one_in(4)) {
      out += " where " + condition();
      for (std::size_t i = random_.below(3); i > 0; --i) out += " and " + condition();
    }
    if (!keys.empty()) out += " group by " + (sets ? grouping_sets(keys) : joined(keys));
    if (grouped && random_.one_in(3)) out += " having " + having();
    if (!random_.one_in(3)) out += " order by " + order(grouped, keys);
    if (random_.one_in(10)) {
      out += " limit " + std::to_string(random_.below(4)) + " per ";
      out += !grouped ? any() : keys.empty() ? aggregate() : keys[0];
    }
    if (random_.one_in(2)) out += " limit " + std::to_string(random_.below(15));
    if (random_.one_in(5)) out += " offset " + std::to_string(random_.below(8));
    return out;
  }

 private:
  random_source& random_;
  expr_sample::expression_writer expression_;

  static std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& p : parts) out += (out.empty() ? "" : ", ") + p;
    return out;
  }
  std::string pick(std::initializer_list<const char*> list) {
    return list.begin()[random_.below(list.size())];
  }
  std::string field() {
    return pick({"id", "owner", "name", "amount", "cost", "discount", "probability", "class",
                 "urgent", "close_date", "engage_date", "last_call", "account", "currency",
                 "account.name", "account.industry", "account.employees", "account.parent.name",
                 "owner.name", "owner.manager.name", "account.owner.name", "margin",
                 "account.parent", "account.parent.employees", "owner_role", "created_at"});
  }
  std::string any() {
    if (!random_.one_in(3)) return field();
    return random_.one_in(6) ? expression_.any(2) : expression_.any(1);
  }
  std::string key() {
    switch (random_.below(6)) {
      case 0: return pick({"month(close_date)", "period(close_date, quarter)", "year(engage_date)",
                           "period(last_call, week)", "weekday(close_date)",
                           "period(close_date, fiscal_quarter)", "period(last_call, fiscal_period)",
                           "date(created_at)"});
      case 1: return expression_.any(1);
      case 2: return pick({"class", "owner.name", "account.industry", "urgent"});
      default: return field();
    }
  }
  std::string comparison() { return pick({" = ", " != ", " < ", " <= ", " > ", " >= "}); }
  std::string condition() {
    switch (random_.below(12)) {
      case 0: return "owner = " + std::to_string(1 + random_.below(6));
      case 1: return "id = " + std::to_string(1 + random_.below(200));
      case 2: return "id in (3, 7, 11, 500, 12)";
      case 3: return "close_date" + comparison() + "date '2017-03-0" +
                     std::to_string(1 + random_.below(9)) + "'";
      case 4: return pick({"amount", "cost", "account.employees", "probability"}) + comparison() +
                     pick({"100", "0", "12.50", "125.00", "-1", "9223372036854775807"});
      case 5: return pick({"class", "name", "account.name", "currency"}) +
                     pick({" = ", " != "}) + pick({"'won'", "name", "lower('WON')"});
      case 6: return pick({"owner", "account", "owner_role"}) + pick({" in (", " not in ("}) +
                     pick({"1, 2, 3)", "2, 5)", "77)"});
      case 7: return pick({"close_date between date '2017-02-01' and date '2017-03-20'",
                           "not (urgent)", "urgent", "name like '%A%'", "account.name is null",
                           "(owner = 1 or owner_role in (2, 3))", "(id = 5 or owner = 2)",
                           "last_call > instant '1970-01-01T00:00:10Z'"});
      default: return expression_.condition(1 + static_cast<int>(random_.below(2)));
    }
  }
  /// Some keys as they are, then rollup or cube of the others.
  std::string grouping_sets(const std::vector<std::string>& keys) {
    const std::size_t plain = random_.below(keys.size());
    std::string out;
    for (std::size_t k = 0; k < plain; ++k) out += keys[k] + ", ";
    return out + pick({"rollup(", "cube("}) +
           joined(std::vector<std::string>(keys.begin() + static_cast<std::ptrdiff_t>(plain),
                                           keys.end())) +
           (random_.one_in(4) ? "), rollup(" + keys[0] + ")" : ")");
  }
  std::string over_answer() {
    return pick({"share(", "running_sum(", "round(share(", "coalesce(running_sum("}) +
           pick({"count()", "sum(probability)", "sum(amount)", "max(probability) - 1",
                 "first(cost by id)"}) + pick({")", "), 2)"});
  }
  std::string aggregate() {
    const std::string filter =
        random_.one_in(4) ? " filter (where " + condition() + ")" : std::string();
    switch (random_.below(11)) {
      case 8: return "percentile(" + expression_.number(1) + ", " +
                     pick({"0", "0.1", "0.25", "0.5", "0.987654321", "1"}) + ")" + filter;
      case 9: return "percentile(" + pick({"amount", "probability", "account.employees"}) + ", " +
                     pick({"0.05", "0.75", "0.3333"}) + ")" + filter;
      case 10: return pick({"first(", "last("}) + any() + " by " +
                      (random_.one_in(2) ? field() : expression_.number(1)) +
                      (random_.one_in(3) ? ", " + field() : "") + ")" + filter;
      case 0: return "count()" + filter;
      case 1: return "count(distinct " + field() + ")" + filter;
      case 2: return pick({"min(", "max("}) +
                     pick({"name", "close_date", "last_call", "account.name", "currency",
                           "probability", "amount"}) + ")" + filter;
      case 3: return "count(" + any() + ")" + filter;
      case 4: return pick({"sum(", "avg(", "median(", "max("}) + expression_.number(1) + ")" +
                     filter;
      default: return pick({"sum(", "avg(", "min(", "max(", "median("}) +
                      pick({"amount", "probability", "cost", "discount", "account.employees",
                            "amount", "amount * probability", "close_date - engage_date"}) +
                      ")" + filter;
    }
  }
  std::string having() {
    return pick({"count() > 1", "count() >= 3 or max(probability) < 50", "min(name) is not null",
                 "sum(account.employees) > 10", "median(probability) <= 10", "sum(amount) > 100",
                 "sum(probability) * 92233720368547758 > 0"});
  }
  std::string order(bool grouped, const std::vector<std::string>& keys) {
    std::string out;
    for (std::size_t i = 1 + random_.below(2); i > 0; --i) {
      out += out.empty() ? "" : ", ";
      if (grouped) out += keys.empty() || random_.one_in(2) ? aggregate() : keys[0];
      else out += random_.one_in(4) ? any() : pick({"close_date", "amount", "last_call", "owner",
                                                   "name", "class", "id", "account.name"});
      out += pick({"", " desc", "", " desc", " nulls first", " desc nulls first", " nulls last",
                   " desc nulls last"});
    }
    return out;
  }
};

/// A company at a moment, with what was written before it and is written after it.
class random_company {
 public:
  random_company(std::uint64_t seed)
      : random(seed), wide(random.one_in(3)), catalog(random_catalog(random)),
        rules(random_rules(random)), source(catalog), writer_(random, catalog, wide) {
    writer_.two_currencies = random.one_in(2);
    for (const char* name : {"user", "account", "opportunity"}) fill(*catalog->find(name));
    if (!random.one_in(4)) source.settle();
    source.keep_moment();
    if (random.one_in(2)) source.kept = std::make_unique<columns::lookup_cache>(1 << 20);
    if (random.one_in(2)) source.hold = 1 + random.below(60);
  }

  /// Some writes of one who does not care who reads.
  void write(std::size_t at_most) {
    for (std::size_t i = random.below(at_most + 1); i > 0; --i) {
      const schema::entity& of = *catalog->find(
          random.one_in(2) ? "opportunity" : random.one_in(2) ? "account" : "user");
      column_table& t = source.at(of);
      const auto row = static_cast<row_number>(random.below(t.rows() + 1));
      if (row == t.rows()) source.append(writer_.record(of, ++last_key_));
      else if (random.one_in(4)) source.append(writer_.record(of, ++last_key_));
      else if (!t.live(row)) continue;
      else if (random.one_in(4)) source.erase(of, row);
      else source.replace(of, row, writer_.record(of, key_of(t, row)));
    }
    if (random.one_in(2)) source.settle();
  }

  random_source random;
  bool wide;
  schema::catalog_ptr catalog;
  policy::rulebook_ptr rules;
  moment_source source;

 private:
  record_writer writer_;
  std::int64_t last_key_ = 1000;

  static std::int64_t key_of(const column_table& t, row_number row) {
    return t.column(schema::system_slot::id).at(row).as_id().value;
  }
  void fill(const schema::entity& of) {
    const std::size_t count = of.name() == "opportunity" ? random.below(300) : 5 + random.below(8);
    std::vector<std::int64_t> keys(count);
    for (std::size_t i = 0; i < count; ++i) keys[i] = static_cast<std::int64_t>(i + 1);
    if (random.one_in(3))
      for (std::size_t i = count; i > 1; --i) std::swap(keys[i - 1], keys[random.below(i)]);
    for (std::int64_t key : keys) source.append(writer_.record(of, key));
    for (std::size_t i = count / 10; i > 0; --i) {
      const auto row = static_cast<row_number>(random.below(count));
      if (!source.at(of).live(row)) continue;
      if (random.one_in(2)) source.erase(of, row);
      else source.replace(of, row, writer_.record(of, key_of(source.at(of), row)));
    }
  }
};

}  // namespace guanxi::test
