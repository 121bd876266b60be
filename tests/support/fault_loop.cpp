#include "support/fault_loop.hpp"

#include "guanxi/session/schema_change.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

namespace guanxi::test {

namespace {

using kind = fault_vfs::call;

struct closer {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using database = std::unique_ptr<sqlite3, closer>;

database opened(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  return database(db);
}

/// The rows of a statement as text, columns joined by a bar; an error is a row, too.
std::vector<std::string> rows_of(sqlite3* db, const std::string& sql) {
  std::vector<std::string> out;
  const auto row = [](void* to, int count, char** cells, char**) {
    std::string text;
    for (int i = 0; i < count; ++i) (text += i ? "|" : "") += cells[i] ? cells[i] : "";
    static_cast<std::vector<std::string>*>(to)->push_back(text);
    return 0;
  };
  if (sqlite3_exec(db, sql.c_str(), row, &out, nullptr) != SQLITE_OK)
    out.push_back("error: " + std::string(sqlite3_errmsg(db)));
  return out;
}

std::int64_t number(sqlite3* db, const std::string& sql) {
  const std::vector<std::string> rows = rows_of(db, sql);
  return rows.empty() ? 0 : std::strtoll(rows.front().c_str(), nullptr, 10);
}

bool known_code(errc code) {
  constexpr errc known[] = {errc::store_full, errc::store_io,  errc::store_corrupt,
                            errc::busy,       errc::read_only, errc::misuse,
                            errc::commit_unknown};
  return std::find(std::begin(known), std::end(known), code) != std::end(known);
}

void remove_store(const std::string& path) {
  for (const char* tail : {"", "-wal", "-shm", "-journal"}) std::remove((path + tail).c_str());
}

/// A store with one pipeline, two stages and two accounts, made once.
const std::string& furnished() {
  static const std::string content = [] {
    const std::string path = fresh_path("furnished");
    fault_vfs quick;  // spares the syncs
    {
      auto crm = open(path, {.vfs = quick.name()}).value();
      session s = crm.as_user("admin").value();
      for (const char* name : {"First", "Second"})
        s.create(crm::account::entity, {crm::account::name = name}).value();
    }
    std::string out = read_file(path);
    remove_store(path);
    return out;
  }();
  return content;
}

void make_store(session*, const std::string& path, const open_options& how, notes& n) {
  auto crm = open(path, how);
  if (!n.saw(crm)) return;
  n.acknowledged.push_back("SELECT count(*) = 1 FROM user WHERE login = 'admin'");
  auto s = crm->as_user("admin");
  if (!n.saw(s)) return;
  if (n.saw(s->create(crm::account::entity, {crm::account::name = "Made"})))
    n.acknowledged.push_back(account_named("Made"));
}

void create_one(session* s, const std::string&, const open_options&, notes& n) {
  if (n.saw(s->create(crm::account::entity, {crm::account::name = "One"})))
    n.acknowledged.push_back(account_named("One"));
}

void change_one(session* s, const std::string&, const open_options&, notes& n) {
  auto found = s->query("select id from account where name = 'First'");
  if (!n.saw(found) || found->size() != 1) return;
  schema::draft d(*s->catalog()->find("account"));
  d.set("name", "Renamed").set("industry", "retail");
  const std::string name = "SELECT count(*) FROM account WHERE name = 'Renamed'";
  const std::string industry = "SELECT count(*) FROM account WHERE industry = 'retail'";
  const std::string edits = "SELECT count(*) FROM gx_change WHERE substr(entry, 1, 1) = 'e'";
  n.together.push_back({name, industry, edits});
  if (n.saw(s->change(found->at(0, 0).as_id(), d))) n.acknowledged.push_back(name);
}

/// Goes on after a refusal, as a careless host does, and commits at the end.
void stubborn_transaction(session* s, const std::string&, const open_options&, notes& n) {
  if (!n.saw(s->begin())) return;
  std::vector<std::string> kept, lost;
  for (const char* name : {"T1", "T2", "T3", "T4", "T5"}) {
    const bool done = n.saw(s->create(crm::account::entity, {crm::account::name = name}));
    (done ? kept : lost).push_back(account_named(name));
    static_cast<void>(n.saw(s->query("select count() from account where name like 't%'")));
  }
  n.together.push_back(kept);
  n.refused = lost;
  const bool committed = n.saw(s->commit());
  if (committed) n.acknowledged.insert(n.acknowledged.end(), kept.begin(), kept.end());
}

/// Stops at the first refusal, as it should.
void transaction_story(session* s, const std::string&, const open_options&, notes& n) {
  if (!n.saw(s->begin())) return;
  std::vector<std::string> all;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "Whole " + std::to_string(i);
    all.push_back(account_named(name));
    if (!n.saw(s->create(crm::account::entity, {crm::account::name = name}))) break;
  }
  n.together.push_back(all);
  if (all.size() < 4 || n.failures > 0) {
    static_cast<void>(n.saw(s->rollback()));
    n.refused = all;
  } else if (n.saw(s->commit())) {
    n.acknowledged = all;
  }
}

/// Fifty records with a text each that fills pages, every one a commit of its own.
void fifty(session* s, const std::string&, const open_options&, notes& n) {
  for (int i = 0; i < 50; ++i) {
    const std::string name = "Row " + std::to_string(i), text(1500, 'd');
    if (n.saw(s->create(crm::account::entity,
                        {crm::account::name = name, crm::account::description = text})))
      n.acknowledged.push_back(account_named(name));
    if (n.failures > 3) return;
  }
}

void new_field(session* s, const std::string&, const open_options&, notes& n) {
  const std::string column =
      "SELECT count(*) FROM pragma_table_info('account') WHERE name = 'x_rank'";
  n.together.push_back(
      {column, "SELECT count(*) FROM gx_definition WHERE content LIKE '%x_rank%'"});
  const schema::field_definition rank{.name = "x_rank", .type = schema::kind::integer,
                                      .label_en = "Rank", .flags = schema::indexed};
  if (!n.saw(s->define("account", rank))) return;
  n.acknowledged.push_back(column);
  schema::draft d(*s->catalog()->find("account"));
  d.set("name", "Ranked").set("x_rank", std::int64_t{7});
  if (n.saw(s->create(d)))
    n.acknowledged.push_back("SELECT count(*) FROM account WHERE x_rank = 7");
}

/// Renames, drops, converts and indexes: the old schema or the new, never between.
void reshaping(session* s, const std::string&, const open_options&, notes& n) {
  schema::entity_definition car{.name = "x_car"};
  car.fields = {{.name = "x_plate"}, {.name = "x_seats", .type = schema::kind::integer},
                {.name = "x_note"}};
  if (!n.saw(s->define(car))) return;
  schema::draft d(*s->catalog()->find("x_car"));
  d.set("x_plate", "A 1").set("x_seats", std::int64_t{4}).set("x_note", "old");
  if (!n.saw(s->create(d))) return;
  const auto column = [](const char* table, const char* name) {
    return "SELECT count(*) FROM pragma_table_info('" + std::string(table) + "') WHERE name = '" +
           name + "'";
  };
  n.together.push_back({
      column("x_vehicle", "x_number"),
      "SELECT NOT count(*) FROM sqlite_schema WHERE tbl_name = 'x_car'",
      "SELECT NOT count(*) FROM pragma_table_info('x_vehicle') WHERE name = 'x_note' "
      "UNION ALL SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'x_vehicle') "
      "ORDER BY 1 LIMIT 1",
      "SELECT count(*) FROM sqlite_schema WHERE name = 'unique_x_vehicle.x_number'",
      "SELECT count(*) FROM gx_definition WHERE name = 'x_vehicle' AND content LIKE '%x_number%'",
      "SELECT count(*) FROM gx_definition WHERE content LIKE '%x_vehicle%' "
      "AND content NOT LIKE '%x_note%' AND content LIKE '%decimal%'"});
  const auto asked = schema::requests_from_json(R"([
      {"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
      {"rename": {"entity": "x_car", "to": "x_vehicle"}},
      {"drop": {"entity": "x_vehicle", "field": "x_note"}},
      {"define": {"name": "x_vehicle", "fields": [
        {"name": "x_number", "type": "text", "unique": true},
        {"name": "x_seats", "type": "decimal", "scale": 2},
        {"name": "x_new", "type": "date"}]}}])");
  if (!n.saw(asked) || !n.saw(s->change_schema(*asked))) return;
  n.acknowledged.push_back("SELECT count(*) FROM x_vehicle WHERE x_number = 'A 1' AND "
                           "x_seats = 400 AND x_new IS NULL");
}

/// After a fault that has passed, the session must work, or say that the store must be reopened.
void go_on(session& s, notes& n) {
  if (s.in_transaction()) static_cast<void>(s.rollback());
  auto after = s.create(crm::account::entity, {crm::account::name = "After"});
  if (after) {
    n.acknowledged.push_back(account_named("After"));
  } else if (after.error().message().find("opened again") == std::string_view::npos) {
    n.complaints.push_back("still fails on a sound disk: " + std::string(after.error().message()));
  }
}

void compare(const std::string& path, notes& n) {
  for (std::string& fault : inspect(path)) n.complaints.push_back(std::move(fault));
  const database db = opened(path);
  for (const std::string& fact : n.acknowledged)
    if (number(db.get(), fact) == 0) n.complaints.push_back("acknowledged and lost: " + fact);
  for (const std::string& fact : n.refused)
    if (number(db.get(), fact) != 0) n.complaints.push_back("refused and there: " + fact);
  for (const auto& facts : n.together) {
    const auto held = std::count_if(facts.begin(), facts.end(),
                                    [&](const std::string& f) { return number(db.get(), f) != 0; });
    if (held != 0 && held != static_cast<std::ptrdiff_t>(facts.size()))
      n.complaints.push_back("half of what belongs together: " + facts.front());
  }
}

/// Plays once; `made` gets how many calls of each kind the story made.
notes play_once(const story& told, kind k, const fault_vfs::plan& how, fault_vfs::counts& made) {
  const std::string path = fresh_path(told.name);
  if (!told.opens) write_file(path, furnished());
  notes n;
  fault_vfs disk;
  {
    std::optional<tenant> crm;
    std::optional<session> s;
    const open_options options{.vfs = disk.name()};
    if (!told.opens) {
      crm.emplace(open(path, options).value());
      s.emplace(crm->as_user("admin").value());
    }
    disk.fail(k, how);
    told.act(s ? &*s : nullptr, path, options, n);
    made = disk.all_calls();
    if (!how.for_ever) {
      disk.lift();
      if (s) go_on(*s, n);
    }
  }  // closes, with the disk still failing if that is for ever
  disk.lift();
  {
    auto crm = open(path, {.vfs = disk.name()});
    if (!crm) {
      n.complaints.push_back("cannot be opened again: " + std::string(crm.error().message()));
      return n;
    }
    auto s = crm->as_user("admin");
    if (!s || !s->create(crm::account::entity, {crm::account::name = "Later"}))
      n.complaints.push_back("takes no record after it was opened again");
  }
  compare(path, n);
  remove_store(path);
  return n;
}

}  // namespace

std::string fresh_path(const std::string& stem) {
  const std::string path = "faults_" + std::to_string(getpid()) + "_" + stem + ".gx";
  remove_store(path);
  return path;
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::string account_named(const std::string& name) {
  return "SELECT count(*) FROM account WHERE deletion_batch IS NULL AND name = '" + name + "'";
}

std::int64_t ask(const std::string& path, const std::string& sql) {
  const database db = opened(path);
  return number(db.get(), sql);
}

/// Whether an entry of the log is of this table: its entity's number comes second, in digits.
std::string is_of(const std::string& table) {
  const std::string number = "(SELECT id - 1 FROM gx_definition WHERE name = '" + table + "')";
  const std::string digits = "(SELECT CASE WHEN n < 32 THEN char(48 + n) ELSE char(80 + n % 32, "
                             "48 + n / 32) END FROM (SELECT " + number + " AS n))";
  return "substr(entry, 2, length(" + digits + ")) = " + digits;
}

std::vector<std::string> inspect(const std::string& path) {
  std::vector<std::string> out;
  const database db = opened(path);
  const auto expect = [&](const std::string& sql, const std::string& wanted, const char* what) {
    const std::vector<std::string> rows = rows_of(db.get(), sql);
    if (rows.size() != 1 || rows.front() != wanted)
      out.push_back(std::string(what) + ": " + (rows.empty() ? "nothing" : rows.front()));
  };
  expect("PRAGMA integrity_check", "ok", "SQLite's check fails");
  const std::vector<std::string> tables = rows_of(
      db.get(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'gx_%'");
  std::string ids = "SELECT 0 AS id";
  for (const std::string& t : tables) {
    const std::string records = "(SELECT id FROM \"" + t + "\")";
    const std::string logged =
        "(SELECT record FROM gx_change WHERE substr(entry, 1, 1) = 'c' AND " + is_of(t) + ")";
    expect("SELECT count(*) FROM " + records + " WHERE id NOT IN " + logged, "0",
           "records that the log never created");
    expect("SELECT count(*) FROM " + logged + " WHERE record NOT IN " + records, "0",
           "records of the log that are not there");
    expect("SELECT count(*) FROM \"" + t + "\" AS r WHERE revision <> (SELECT count(*) FROM "
               "gx_change AS c WHERE " + is_of(t) + " AND c.record = r.id)",
           "0", "records whose revision is not their number of log entries");
    ids += " UNION ALL SELECT id FROM \"" + t + "\"";
  }
  expect("SELECT count(*) - count(DISTINCT record) FROM gx_change "
         "WHERE substr(entry, 1, 1) = 'c'", "0", "records that were created twice");
  expect("SELECT max(id) < (SELECT number FROM gx_meta WHERE id = 1) FROM (" + ids + ")", "1",
         "the counter of ids lags behind");
  expect("SELECT max(id) < (SELECT number FROM gx_meta WHERE id = 2) FROM gx_change", "1",
         "the counter of changes lags behind");
  expect(
      "SELECT count(*) FROM gx_change WHERE id <> 1 AND id - 1 NOT IN (SELECT id FROM gx_change)",
      "0", "gaps in the log");
  return out;
}

std::vector<std::string> unclear(const error& e) {
  std::vector<std::string> out;
  const std::string text(e.message());
  const auto wrong = [&](const char* what) {
    out.push_back(std::string(what) + ": " + std::string(name(e.code())) + ": " + text);
  };
  if (e.code() == errc::ok || e.code() == errc::internal) wrong("not a code for a caller");
  if (text.empty()) wrong("says nothing");
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') wrong("begins with a capital");
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    wrong("has control characters");
  if (utf8_fault(text)) wrong("is not UTF-8");
  if (text.size() > 600) wrong("is longer than a message");
  return out;
}

void notes::judge(const error& e) {
  ++failures;
  for (std::string& fault : unclear(e)) complaints.push_back(std::move(fault));
  const std::string text(e.message());
  const auto wrong = [&](const char* what) {
    complaints.push_back(std::string(what) + ": " + text);
  };
  if (!known_code(e.code())) wrong("an unexpected code");
  if (e.code() == errc::misuse) {
    if (!e.aborted()) wrong("a dead transaction that is not called aborted");
    return;
  }
  if (text.find(".gx`") == std::string::npos) wrong("does not name the path");
  if (text.find("; ") == std::string::npos) wrong("gives no remedy");
}

verdict play(const story& told, long most) {
  verdict out;
  const auto take = [&](notes&& n, const std::string& where) {
    out.failures += n.failures;
    for (const std::string& complaint : n.complaints)
      out.complaints.push_back(told.name + ", " + where + ": " + complaint);
  };
  struct sort { kind k; fault_vfs::fault says; const char* name; };
  constexpr sort sorts[] = {{kind::write, fault_vfs::fault::full, "disk full at write "},
                            {kind::write, fault_vfs::fault::io, "I/O error at write "},
                            {kind::sync, fault_vfs::fault::io, "I/O error at sync "},
                            {kind::read, fault_vfs::fault::io, "I/O error at read "},
                            {kind::any, fault_vfs::fault::io, "I/O error at call "}};
  fault_vfs::counts made;
  take(play_once(told, kind::any, {.at = 0}, made), "without a fault");
  for (const sort& s : sorts) {
    const long count = made[static_cast<std::size_t>(s.k)];
    const long steps = std::min(most, count);
    for (long i = 0; i < steps; ++i) {
      // The first, the last, and as many between as there is time for; a short run takes turns at
      // faults that pass and faults that stay.
      const long at = steps == 1 ? 1 : 1 + i * (count - 1) / (steps - 1);
      for (const bool for_ever : {false, true}) {
        if (most < 5 && for_ever != (i % 2 == 0)) continue;
        fault_vfs::counts ignored;
        take(play_once(told, s.k, {.at = at, .for_ever = for_ever, .says = s.says}, ignored),
             s.name + std::to_string(at) + (for_ever ? " and ever after" : ""));
        ++out.points;
      }
    }
  }
  return out;
}

const std::vector<story>& stories() {
  static const std::vector<story> all = {{"new_store", make_store, true},
                                         {"create", create_one},
                                         {"change", change_one},
                                         {"transaction", transaction_story},
                                         {"stubborn_transaction", stubborn_transaction},
                                         {"fifty", fifty},
                                         {"new_field", new_field},
                                         {"reshaping", reshaping}};
  return all;
}

}  // namespace guanxi::test
