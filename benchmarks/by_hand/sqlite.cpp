#include "sqlite.hpp"

#include <sqlite3.h>

namespace guanxi::bench {

void add(digest& into, const seen_deal& d) {
  for (std::int64_t number : {d.id, d.account, d.contact, d.product, d.owner, d.amount,
                              d.probability, d.close_date})
    into.add(number);
  for (const std::string* text :
       {&d.name, &d.number, &d.stage, &d.region, &d.currency, &d.category, &d.source})
    into.add(std::string_view(*text));
}

void hand_sqlite::close_connection::operator()(sqlite3* db) const noexcept {
  sqlite3_close_v2(db);
}
void hand_sqlite::finalize_statement::operator()(sqlite3_stmt* s) const noexcept {
  sqlite3_finalize(s);
}

void hand_sqlite::check(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  give_up(error(errc::store_io, std::string("by hand: ") + sqlite3_errmsg(db_.get())));
}

hand_sqlite::statement hand_sqlite::prepared(const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  check(sqlite3_prepare_v3(db_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr));
  return statement(s);
}

hand_sqlite::hand_sqlite(const std::string& path) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  db_.reset(db);
  check(code);
  // With readers and a writer each on a connection, one may find a checkpoint under way.
  check(sqlite3_busy_timeout(db, 5000));
  check(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nullptr, nullptr,
                     nullptr));
  const std::string columns = deal_fields;
  begin_ = prepared("BEGIN");
  commit_ = prepared("COMMIT");
  get_ = prepared("SELECT " + columns + " FROM x_deal WHERE id = ?1 AND deletion_batch IS NULL");
  newest_ = prepared("SELECT " + columns + " FROM x_deal WHERE owner = ?1 AND deletion_batch "
                     "IS NULL ORDER BY close_date DESC, id DESC LIMIT 50");
  insert_ = prepared("INSERT INTO x_deal (" + columns + ", opened_on, revision) VALUES (?1, ?2, "
                     "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1)");
  move_ = prepared("UPDATE x_deal SET close_date = ?2, stage = ?3, revision = revision + 1 "
                   "WHERE id = ?1 AND deletion_batch IS NULL");
}

hand_sqlite::~hand_sqlite() = default;

void hand_sqlite::run(const statement& s) {
  check(sqlite3_step(s.get()));
  sqlite3_reset(s.get());
}

void hand_sqlite::begin() { run(begin_); }
void hand_sqlite::commit() { run(commit_); }

namespace {

seen_deal read(sqlite3_stmt* s) {
  const auto text = [s](int at) {
    return std::string(reinterpret_cast<const char*>(sqlite3_column_text(s, at)),
                       static_cast<std::size_t>(sqlite3_column_bytes(s, at)));
  };
  const auto number = [s](int at) { return sqlite3_column_int64(s, at); };
  seen_deal d;
  d.id = number(0), d.name = text(1), d.number = text(2);
  d.account = number(3), d.contact = number(4), d.product = number(5);
  d.stage = text(6), d.region = text(7), d.amount = number(8), d.currency = text(9);
  d.probability = number(10), d.category = text(11), d.source = text(12);
  d.close_date = number(13), d.owner = number(14);
  return d;
}

}  // namespace

void hand_sqlite::get(std::int64_t id, digest& into) {
  sqlite3_bind_int64(get_.get(), 1, id);
  const int code = sqlite3_step(get_.get());
  check(code);
  if (code == SQLITE_ROW) add(into, read(get_.get()));
  sqlite3_reset(get_.get());
}

void hand_sqlite::newest(std::int64_t owner, digest& into) {
  sqlite3_bind_int64(newest_.get(), 1, owner);
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(newest_.get())) == SQLITE_ROW) add(into, read(newest_.get()));
  check(code);
  sqlite3_reset(newest_.get());
}

void hand_sqlite::insert(const deal& d) {
  sqlite3_stmt* const s = insert_.get();
  const auto text = [s](int at, std::string_view t) {
    sqlite3_bind_text(s, at, t.data(), static_cast<int>(t.size()), SQLITE_STATIC);
  };
  const auto number = [s](int at, std::int64_t n) { sqlite3_bind_int64(s, at, n); };
  number(1, d.id), text(2, d.name), text(3, d.number), number(4, d.account);
  if (d.contact) number(5, d.contact);
  else sqlite3_bind_null(s, 5);
  number(6, d.product), text(7, stages[d.stage]), text(8, regions[d.region]);
  number(9, d.amount), text(10, currencies[d.currency]), number(11, d.probability);
  text(12, categories[d.category]), text(13, sources[d.source]);
  number(14, d.close_date), number(15, d.owner), number(16, d.opened_on);
  run(insert_);
}

void hand_sqlite::move(std::int64_t id, std::int32_t close_date, std::uint8_t stage) {
  sqlite3_bind_int64(move_.get(), 1, id);
  sqlite3_bind_int64(move_.get(), 2, close_date);
  sqlite3_bind_text(move_.get(), 3, stages[stage], -1, SQLITE_STATIC);
  run(move_);
}

}  // namespace guanxi::bench
