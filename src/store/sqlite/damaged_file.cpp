#include "damaged_file.hpp"

#include "ddl.hpp"
#include "leaf_pages.hpp"
#include "store/beside.hpp"
#include "store/shown_path.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

struct free_file {
  void operator()(sqlite3_file* f) const noexcept {
    if (f->pMethods) f->pMethods->xClose(f);
    ::operator delete(f);
  }
};

error failed(const std::string& path, const char* doing) {
  return error(errc::store_io, std::string("could not ") + doing + " " + shown(path) +
                                   "; check the disk and the permissions of file and folder");
}

/// Copies bytes through SQLite's own file layer, which minds the locks that this process has on the
/// file by other connections. What cannot be read is copied as zeros.
result<void> copy_bytes(const std::string& from, const std::string& to) {
  sqlite3_vfs* files = sqlite3_vfs_find(nullptr);
  // The file layer asks for a name that it may keep, with two NULs behind it.
  std::string name = std::filesystem::absolute(from).string();
  name.append(4, '\0');
  std::unique_ptr<sqlite3_file, free_file> in(
      static_cast<sqlite3_file*>(::operator new(static_cast<std::size_t>(files->szOsFile))));
  std::memset(in.get(), 0, static_cast<std::size_t>(files->szOsFile));
  int granted = 0;
  if (files->xOpen(files, name.c_str(), in.get(), SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB,
                   &granted) != SQLITE_OK)
    return unexpected(failed(from, "read"));
  sqlite3_int64 size = 0;
  if (in->pMethods->xFileSize(in.get(), &size) != SQLITE_OK)
    return unexpected(failed(from, "read"));
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  std::array<char, 4096> piece = {};
  for (sqlite3_int64 at = 0; at < size && out; at += static_cast<sqlite3_int64>(piece.size())) {
    const auto wanted = static_cast<int>(
        std::min<sqlite3_int64>(static_cast<sqlite3_int64>(piece.size()), size - at));
    const int code = in->pMethods->xRead(in.get(), piece.data(), wanted, at);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) piece.fill(0);
    out.write(piece.data(), wanted);
  }
  out.close();
  return out ? result<void>() : unexpected(failed(to, "write to"));
}

void put_number(std::array<char, 100>& head, std::size_t at, std::uint32_t number, int size) {
  for (int i = 0; i < size; ++i)
    head[at + static_cast<std::size_t>(i)] = static_cast<char>(number >> (8 * (size - 1 - i)));
}

/// The first hundred bytes say how to read all others; all our files have the same there.
void mend_head(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::uint64_t>(file.tellg());
  std::array<char, 100> head = {};
  file.seekg(0).read(head.data(), head.size());
  file.clear();
  std::memcpy(head.data(), "SQLite format 3", 16);
  put_number(head, 16, 4096, 2);
  put_number(head, 18, 0x0202, 2);      // WAL
  put_number(head, 20, 0x00402020, 4);  // no reserved bytes; fractions of a page
  put_number(head, 28, static_cast<std::uint32_t>(size / 4096), 4);
  std::memcpy(head.data() + 92, head.data() + 24, 4);  // so that the length above is believed
  put_number(head, 44, 4, 4);           // schema format
  put_number(head, 52, 0, 4);           // no vacuum by itself
  put_number(head, 56, 1, 4);           // UTF-8
  std::memcpy(head.data() + 68, "GXR1", 4);
  file.seekp(0).write(head.data(), head.size());
}

}  // namespace

result<std::unique_ptr<damaged_file>> damaged_file::copy_of(const std::string& path,
                                                            const std::string& copy,
                                                            const environment& world) {
  std::error_code ignored;
  remove_with_side_files(copy);
  if (auto ok = copy_bytes(path, copy); !ok) return passed(ok);
  if (std::filesystem::exists(path + "-wal", ignored))
    if (auto ok = copy_bytes(path + "-wal", copy + "-wal"); !ok) return passed(ok);
  mend_head(copy);
  sqlite_options how;
  how.path = copy;
  auto c = connection::open(how, false, world);
  if (!c) return passed(c);
  // What is in the log counts; a log that is damaged counts as far as it is whole.
  static_cast<void>((*c)->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  return std::unique_ptr<damaged_file>(new damaged_file(copy, std::move(*c)));
}

damaged_file::~damaged_file() {
  db_.reset();
  remove_with_side_files(path_);
}

/// The columns of a table by the statement that made it, as a leaf of the schema's tree has it.
std::vector<std::string> damaged_file::columns_by_leaf(const std::string& table) {
  if (!std::exchange(leaves_read_, true)) {
    leaf_pages pages(path_);
    pages.each([this](id, std::span<const stored_cell> row) {
      constexpr std::size_t name = 1, sql = 4, columns = 5;
      if (row.size() == columns && row[0].text == "table" && row[sql].text.starts_with("CREATE T"))
        tables_[std::string(row[name].text)] = row[sql].text;
      return true;
    });
  }
  std::vector<std::string> out;
  const std::string& sql = tables_[table];
  std::size_t at = sql.find('(');
  while (at != std::string::npos) {  // names are quoted, and hold no quotes
    const std::size_t begin = sql.find('"', at);
    const std::size_t end = begin == std::string::npos ? begin : sql.find('"', begin + 1);
    if (end == std::string::npos) break;
    out.push_back(sql.substr(begin + 1, end - begin - 1));
    at = end + 1;
  }
  return out;
}

const damaged_file::layout& damaged_file::layout_of(const schema::entity& e) {
  const std::string name(e.name());
  const auto known = layouts_.find(name);
  if (known != layouts_.end()) return known->second;
  layout by;
  result<sqlite3_stmt*> s = db_->prepared("PRAGMA table_info(" + identifier(name) + ")");
  while (s) {
    result<int> row = db_->step(*s);
    if (!row || *row != SQLITE_ROW) break;
    by.columns.emplace_back(cell_at(*db_, *s, 1).text);
  }
  if (s) db_->reset(*s);
  by.fields = stored_fields(e);
  if (by.columns.empty()) by.columns = columns_by_leaf(name);
  if (by.columns.empty()) {  // then as a new table has them
    for (const schema::field* f : by.fields) by.columns.push_back(f->name);
    by.columns.emplace_back(sum_column);
  }
  by.sums = record_sum(by.fields);
  const auto has = [&](std::string_view column) {
    return std::find(by.columns.begin(), by.columns.end(), column) != by.columns.end();
  };
  for (const schema::field* f : by.fields)
    by.select += (by.select.empty() ? "SELECT " : ", ") +
                 (has(f->name) ? identifier(f->name) : std::string("NULL"));
  by.select += ", " + (has(sum_column) ? identifier(sum_column) : "NULL");
  by.select += " FROM " + identifier(name);
  return layouts_.emplace(name, std::move(by)).first->second;
}

result<void> damaged_file::visit_row(const layout& by, sqlite3_stmt* row, const visitor& visit) {
  std::vector<stored_cell> cells;
  std::int64_t sum = 0;
  bool sound = true;
  for (std::size_t i = 0; i < by.fields.size(); ++i) {
    cells.push_back(cell_at(*db_, row, static_cast<int>(i)));
    sound = by.sums.add(i, cells.back(), sum) && sound;
  }
  const stored_cell kept = cell_at(*db_, row, static_cast<int>(by.fields.size()));
  sound = sound && (kept.holds == stored_cell::kind::null || kept.number == sum);
  return visit({id{cells[0].number}, cells, sound});
}

result<std::string> damaged_file::walk(const schema::entity& of, const visitor& visit) {
  const layout& by = layout_of(of);
  sqlite::walk rows(*db_, by.select);
  if (auto ok = rows.run([&](sqlite3_stmt* row) { return visit_row(by, row, visit); }); !ok)
    return passed(ok);
  return rows.obstacle();
}

result<bool> damaged_file::row(const schema::entity& of, id key, const visitor& visit) {
  const layout& by = layout_of(of);
  result<sqlite3_stmt*> s = db_->prepared(by.select + " WHERE \"id\" = ?1");
  if (!s) return false;
  db_->bind(*s, 1, key.value);
  result<int> row = db_->step(*s);
  if (!row || *row != SQLITE_ROW) {
    db_->reset(*s);
    return false;
  }
  auto done = visit_row(by, *s, visit);
  db_->reset(*s);
  if (!done) return passed(done);
  return true;
}

std::vector<id> damaged_file::indexed(const schema::entity& of) {
  std::vector<id> out;
  const schema::field* owner = of.find("owner");
  if (!owner) return out;
  const std::string name(of.name());
  result<sqlite3_stmt*> s =
      db_->prepared("SELECT \"id\" FROM " + identifier(name) + " INDEXED BY " +
                    identifier("index_" + name + ".owner") + " ORDER BY \"owner\"");
  while (s) {
    result<int> row = db_->step(*s);
    if (!row || *row != SQLITE_ROW) break;
    out.push_back({cell_at(*db_, *s, 0).number});
  }
  if (s) db_->reset(*s);
  return out;
}

bool damaged_file::agrees(const schema::entity& of) {
  result<sqlite3_stmt*> s =
      db_->prepared("PRAGMA integrity_check(" + identifier(std::string(of.name())) + ")");
  if (!s) return false;
  const result<int> row = db_->step(*s);
  const bool well = row && *row == SQLITE_ROW && cell_at(*db_, *s, 0).text == "ok";
  db_->reset(*s);
  return well;
}

/// Whether a row of unknown table is the entity's, by its checksum.
bool damaged_file::fits(const layout& by, id key, std::span<const stored_cell> cells,
                        std::vector<stored_cell>& into) const {
  if (cells.size() > by.columns.size()) return false;
  into.assign(by.fields.size(), {});
  stored_cell kept;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (by.columns[i] == sum_column) kept = cells[i];
    for (std::size_t f = 0; f < by.fields.size(); ++f)
      if (by.fields[f]->name == by.columns[i]) into[f] = cells[i];
  }
  if (kept.holds != stored_cell::kind::integer) return false;
  into[0] = stored_cell::of(key.value);  // the id is the row's number, and is stored as that alone
  std::int64_t sum = 0;
  for (std::size_t f = 0; f < into.size(); ++f)
    if (!by.sums.add(f, into[f], sum)) return false;
  return sum == kept.number;
}

result<void> damaged_file::leaf_rows(
    std::span<const schema::entity* const> of,
    const std::function<result<void>(const schema::entity&, const found_row&)>& visit) {
  leaf_pages pages(path_);
  result<void> verdict;
  std::vector<stored_cell> cells;
  pages.each([&](id key, std::span<const stored_cell> row) {
    for (const schema::entity* e : of) {
      if (!fits(layout_of(*e), key, row, cells)) continue;
      verdict = visit(*e, {key, cells, true});
      return verdict.has_value();
    }
    return true;
  });
  return verdict;
}

}  // namespace guanxi::store::sqlite
