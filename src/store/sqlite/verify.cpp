#include "ddl.hpp"
#include "guanxi/store/store.hpp"
#include "keeping.hpp"
#include "record_sum.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace guanxi::store::sqlite {

namespace {

unexpected cancelled() {
  return unexpected(errc::interrupted, "the check was cancelled; nothing was changed");
}

/// The check of one file.
class check {
 public:
  check(connection& c, const schema::catalog& catalog, inspection& into)
      : db_(c), catalog_(catalog), into_(into) {}
  result<void> run();

 private:
  result<void> pages();
  void note(std::string_view said);
  result<void> columns(const schema::entity& e);
  result<void> indices(const schema::entity& e);
  result<void> records(const schema::entity& e);
  result<void> references(const schema::entity& e);
  /// Rows of a question as texts, to an end or to a fault, which is a finding.
  result<void> ask(const std::string& sql, const std::function<void(sqlite3_stmt*)>& row);
  result<void> unreadable(const error& why, const std::string& what);
  std::string text_at(sqlite3_stmt* row, int column) const;
  std::string table(const schema::entity& e) const { return db_.called().table(e.name()); }

  connection& db_;
  const schema::catalog& catalog_;
  inspection& into_;
};

/// What SQLite cannot read is a finding, and the check goes on.
result<void> check::unreadable(const error& why, const std::string& what) {
  if (why.code() == errc::interrupted) return cancelled();
  if (why.code() == errc::out_of_memory) return unexpected(why);
  into_.found({part::file, what, {},
               (what.empty() ? "the file" : "`" + what + "`") + std::string(" cannot be read: ") +
                   db_.api().errmsg(db_.raw())});
  return {};
}

result<void> check::ask(const std::string& sql, const std::function<void(sqlite3_stmt*)>& row) {
  result<sqlite3_stmt*> s = db_.prepared(sql);
  while (s) {
    result<int> more = db_.step(*s);
    if (!more) return unreadable(more.error(), {});
    if (*more != SQLITE_ROW) break;
    row(*s);
  }
  if (!s) return unreadable(s.error(), {});
  db_.reset(*s);
  return {};
}

/// A column as text.
std::string check::text_at(sqlite3_stmt* s, int column) const {
  const auto* text = reinterpret_cast<const char*>(db_.api().column_text(s, column));
  return text ? std::string(text) : std::string();
}

/// What stands between two words of a sentence.
std::optional<std::string> between(std::string_view text, std::string_view from,
                                   std::string_view to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t at = begin + from.size(), end = to.empty() ? text.size() : text.find(to, at);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(at, end - at));
}

/// One sentence of SQLite's own check: "row 7 missing from index unique_user.login", …
void check::note(std::string_view said) {
  finding f{.where = part::file, .text = "SQLite's own check says: " + std::string(said)};
  std::optional<std::string> index = between(said, " index ", "");
  if (!index) index = between(said, "entry in ", "");
  if (index) {
    f.where = part::index;
    const std::string plain = index->substr(std::min(db_.called().prefix.size(), index->size()));
    const std::size_t from = plain.find('_'), to = plain.find('.');
    if (from != std::string::npos && to != std::string::npos && from < to)
      f.entity = plain.substr(from + 1, to - from - 1);
    if (std::optional<std::string> row = between(said, "row ", " missing"))
      std::from_chars(row->data(), row->data() + row->size(), f.record.value);
  }
  into_.found(std::move(f));
}

result<void> check::pages() {
  const patience may(db_, [this] { return into_.on(); });
  const auto said = [this](sqlite3_stmt* row) {
    if (const std::string text = text_at(row, 0); text != "ok") note(text);
  };
  if (!db_.lent()) return ask("PRAGMA integrity_check(1000)", said);
  for (const auto& e : catalog_.entities())  // the rest of a host's database is the host's
    if (auto ok = ask("PRAGMA integrity_check(" + table(*e) + ")", said); !ok) return ok;
  return {};
}

/// The table is what the definition says; other columns are the owner's own affair.
result<void> check::columns(const schema::entity& e) {
  const std::string name(e.name());
  std::set<std::string> there;
  auto asked = ask("PRAGMA table_info(" + table(e) + ")", [&](sqlite3_stmt* row) {
    const bool key = db_.api().column_int64(row, 5) != 0;
    there.insert(text_at(row, 1) + " " + text_at(row, 2) + (key ? "!" : ""));
  });
  if (!asked) return asked;
  // SQLite takes `Account` for `account`; what turned the letter was not us.
  bool exact = false;
  auto named = ask("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" +
                       db_.called().plain(e.name()) + "'",
                   [&](sqlite3_stmt*) { exact = true; });
  if (!named) return named;
  if (!exact)
    into_.found({part::file, name, {}, "the table of `" + name + "` has another name in the file"});
  const auto need = [&](const std::string& column, const std::string& as) {
    if (!there.contains(column + " " + as))
      into_.found({part::file, name, {}, "`" + name + "` has no column `" + column +
                                             "` of the kind that its definition says"});
  };
  for (const schema::field* f : stored_fields(e))
    need(f->name, f->slot == schema::system_slot::id             ? "INTEGER!"
                  : stored_as(f->type) == value_type::text ? "TEXT"
                                                           : "INTEGER");
  need(std::string(sum_column), "INTEGER");
  return {};
}

/// The indices that the definition wants are there, word by word.
result<void> check::indices(const schema::entity& e) {
  std::set<std::string> there;
  auto asked = ask("SELECT \"sql\" FROM sqlite_schema WHERE type = 'index' AND tbl_name = '" +
                       db_.called().plain(e.name()) + "'",
                   [&](sqlite3_stmt* row) { there.insert(text_at(row, 0)); });
  if (!asked) return asked;
  for (const std::string& sql : index_statements(e, db_.called()))
    if (!there.contains(sql))
      into_.found({part::index, std::string(e.name()), {},
                   "an index is missing or another: " + sql.substr(0, sql.find(" ON "))});
  return {};
}

result<void> check::records(const schema::entity& e) {
  const std::string name(e.name());
  const std::vector<const schema::field*> fields = stored_fields(e);
  const record_sum sums(fields);
  std::string columns;
  for (const schema::field* f : fields) columns += identifier(f->name) + ", ";
  const int sum_at = static_cast<int>(fields.size());
  const auto wrong = [&](sqlite3_stmt* row, const char* how) {
    const id key{db_.api().column_int64(row, 0)};
    into_.found({part::record, name, key, "`" + name + "` " + std::to_string(key.value) + how});
  };
  std::uint64_t seen = 0;
  walk rows(db_, "SELECT " + columns + identifier(sum_column) + " FROM " + table(e));
  auto walked = rows.run([&](sqlite3_stmt* row) -> result<void> {
    std::int64_t sum = 0;
    if (!sums.read(db_, row, sum)) wrong(row, " holds what no field can");
    else if (db_.api().column_type(row, sum_at) == SQLITE_NULL) wrong(row, " has no checksum");
    else if (db_.api().column_int64(row, sum_at) != sum) wrong(row, " is not as it was written");
    constexpr std::uint64_t at_once = 1000;
    if (++seen % at_once == 0 && !into_.count(at_once)) return cancelled();
    return {};
  });
  if (!walked) return walked;
  if (!into_.count(seen % 1000)) return cancelled();
  if (!rows.obstacle().empty())
    into_.found({part::file, name, {}, "`" + name + "` cannot be read whole: " + rows.obstacle()});
  return {};
}

result<void> check::references(const schema::entity& e) {
  const patience may(db_, [this] { return into_.on(); });
  const std::string name(e.name());
  for (const schema::field* f : stored_fields(e)) {
    if (f->type != schema::kind::reference || !f->target_entity) continue;
    const std::string target(f->target_entity->name());
    auto asked = ask(
        "SELECT a.\"id\", a." + identifier(f->name) + " FROM " + table(e) + " AS a WHERE a." +
            identifier(f->name) + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " +
            db_.called().table(target) + " AS b WHERE b.\"id\" = a." + identifier(f->name) + ")",
        [&](sqlite3_stmt* row) {
          const id key{db_.api().column_int64(row, 0)};
          into_.found({part::record, name, key,
                       "`" + f->name + "` of `" + name + "` " + std::to_string(key.value) +
                           " names `" + target + "` " + text_at(row, 1) + ", which is not there"});
        });
    if (!asked) return asked;
  }
  return {};
}

result<void> check::run() {
  for (const auto& e : catalog_.entities()) {
    result<std::int64_t> rows = db_.number("SELECT count(*) FROM " + table(*e));
    if (rows) into_.expect(static_cast<std::uint64_t>(*rows));
    else if (auto ok = unreadable(rows.error(), std::string(e->name())); !ok) return ok;
  }
  if (auto ok = pages(); !ok) return ok;
  for (const auto& e : catalog_.entities()) {
    for (const auto step : {&check::columns, &check::indices, &check::records, &check::references})
      if (auto ok = (this->*step)(*e); !ok) return ok;
  }
  return {};
}

}  // namespace

result<void> verify(connection& c, const schema::catalog& catalog, inspection& into) {
  return check(c, catalog, into).run();
}

}  // namespace guanxi::store::sqlite
