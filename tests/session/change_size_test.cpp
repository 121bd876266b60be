// What a change of a typical deal costs in the log, beside the same told as JSON. Its figures are
// those of docs/changes.md; it prints them:
//   guanxi_session_tests --gtest_filter='change_size.*'
#include "guanxi/base/json.hpp"
#include "guanxi/schema/step.hpp"
#include "guanxi/store/change_entry.hpp"
#include "guanxi/store/sqlite.hpp"
#include "guanxi/store/store.hpp"
#include "query/columns/column_table.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdio>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace table = guanxi::store::system_table;

namespace {

constexpr int deals = 1000;

/// Deals with 15 fields set, each edited once: another stage, amount and next step.
void fill(company& c) {
  session s = c.as("nina");
  s.begin().value();
  for (int i = 0; i < deals; ++i) {
    const std::string number = std::to_string(10'000 + 7919 * i % 90'000);
    c.clock->advance(37 * microseconds_per_second);
    const record made =
        s.create(opportunity::entity,
                 {opportunity::name = "Framework contract " + number,
                  opportunity::number = "Q-2026-" + number, opportunity::account = c.key("acme"),
                  opportunity::stage = c.key("talk"),
                  opportunity::amount = money{decimal{100'000 + 7919 * i, 2}, currency("USD")},
                  opportunity::probability = decimal{2500, 2},
                  opportunity::forecast_category = "pipeline",
                  opportunity::opened_on = date::parse("2026-03-02").value(),
                  opportunity::close_date = date::parse("2026-06-30").value(),
                  opportunity::source = "Trade fair",
                  opportunity::next_step = "Send the offer with prices for three years",
                  opportunity::description = "Wants delivery in two parts. Asked for a discount."})
            .value();
    c.clock->advance(11 * microseconds_per_second);
    s.change(made, {opportunity::stage = c.key("offer"),
                    opportunity::amount = money{decimal{90'000 + 7919 * i, 2}, currency("USD")},
                    opportunity::next_step = "Call about the offer with prices for three years"})
        .value();
  }
  s.commit().value();
}

std::string as_json(const schema::entity& of, const store::change_entry& e, bool after) {
  std::string out = "{";
  for (const store::field_change& f : e.fields) {
    const schema::field& field = *of.numbered(f.field);
    if (field.name.starts_with("modified_")) continue;
    if (out.size() > 1) out += ',';
    out += '"' + field.name + "\":";
    append_json_value(out, after ? f.after : f.before);
  }
  return out + '}';
}

/// The row with its content as earlier versions wrote it.
schema::record json_row(const schema::record& row, const schema::entity& of,
                        const store::change_entry& e) {
  schema::record out = row;
  const bool fresh = e.what == store::change_kind::create;
  out.set(table::change["entry"].slot, {});
  out.set(table::change["cause"].slot, e.cause);
  out.set(table::change["batch"].slot, e.batch);
  out.set(table::change["action"].slot, store::name(e.what));
  out.set(table::change["entity"].slot, of.name());
  if (!fresh) out.set(table::change["before"].slot, as_json(of, e, false));
  out.set(table::change["after"].slot, as_json(of, e, true));
  return out;
}

double memory_bytes(const std::vector<schema::record>& rows) {
  query::column_table t(rows.front().of());
  for (const schema::record& r : rows) t.append(r);
  t.settle();
  std::size_t bytes = 0;
  for (std::uint16_t slot = 0; slot < t.slots(); ++slot) {
    const query::cells tight = t.column(slot);  // a copy has no room to grow
    bytes += tight.byte_size();
    if (t.index(slot)) bytes += t.index(slot)->byte_size();
  }
  return static_cast<double>(bytes) / static_cast<double>(rows.size());
}

/// Of table and index, in pages of SQLite.
double sqlite_bytes(const std::vector<schema::record>& rows) {
  const std::string path = fresh_path();
  const environment world = default_environment();
  auto d = store::open_sqlite({.path = path}, world).value();
  const schema::catalog_ptr own =
      schema::catalog::compile(store::system_definitions()).value();
  const auto none = schema::catalog::compile({}).value();
  d->begin().value();
  d->migrate(*own, schema::steps_between(*none, *own).value()).value();
  for (const schema::record& r : rows) d->put(r, 0).value();
  d->commit().value();
  d.reset();
  sqlite3* raw = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  sqlite3_stmt* s = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(raw, "SELECT sum(pgsize) FROM dbstat WHERE name IN ('gx_change', "
                                    "'index_gx_change.record')", -1, &s, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(s), SQLITE_ROW);
  const double bytes = sqlite3_column_double(s, 0);
  sqlite3_finalize(s);
  sqlite3_close(raw);
  remove_store(path);
  return bytes / static_cast<double>(rows.size());
}

}  // namespace

TEST(change_size, of_a_typical_deal_is_a_fraction_of_json) {
  company c(tested_store::memory);
  c.furnish();
  fill(c);
  const session s = c.system();
  const schema::entity& log = *s.catalog()->find("gx_change");
  const schema::entity& deal = *s.catalog()->find("opportunity");
  std::string text = "select id";
  for (const schema::field& f : log.fields())
    if (!f.system) text += ", " + f.name;
  const rows all = s.query(text + " from gx_change order by id").value();
  std::map<store::change_kind, std::vector<schema::record>> packed, json;
  for (std::size_t i = 0; i < all.size(); ++i) {
    schema::record row(s.catalog(), log);
    row.set(schema::system_slot::id, all.at(i, 0));
    std::size_t column = 1;
    for (const schema::field& f : log.fields())
      if (!f.system) row.set(f.slot, all.at(i, column++));
    const auto e = store::unpacked(row, *s.catalog(), [](std::uint32_t) {
                     return result<std::string>("stage.defaults");
                   }).value();
    if (e.entity != deal.number() || e.fields.size() < 3) continue;
    packed[e.what].push_back(row);
    json[e.what].push_back(json_row(row, deal, e));
  }
  for (const auto what : {store::change_kind::create, store::change_kind::edit}) {
    ASSERT_GE(packed[what].size(), deals);
    const double in_memory = memory_bytes(packed[what]), in_sqlite = sqlite_bytes(packed[what]);
    const double memory_json = memory_bytes(json[what]), sqlite_json = sqlite_bytes(json[what]);
    std::printf("%-6s of a deal: memory %.0f bytes (as JSON %.0f), SQLite %.0f (as JSON %.0f)\n",
                std::string(store::name(what)).c_str(), in_memory, memory_json, in_sqlite,
                sqlite_json);
    EXPECT_LT(in_memory, 0.6 * memory_json);
    EXPECT_LT(in_sqlite, 0.6 * sqlite_json);
  }
}
