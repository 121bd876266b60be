#include "support/bit_rot.hpp"

#include "support/fault_loop.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

namespace guanxi::test {

namespace {

constexpr std::size_t page_size = 4096;

struct closer {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using database = std::unique_ptr<sqlite3, closer>;

database opened(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(("file:" + path + "?immutable=1").c_str(), &db,
                  SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  return database(db);
}

/// Rows of a statement, columns as quoted literals; an error is a row, too.
std::vector<std::string> rows_of(sqlite3* db, const std::string& sql) {
  std::vector<std::string> out;
  sqlite3_stmt* s = nullptr;
  int code = sqlite3_prepare_v2(db, sql.c_str(), -1, &s, nullptr);
  while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
    std::string& row = out.emplace_back();
    for (int i = 0; i < sqlite3_column_count(s); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s, i));
      row += (i ? " " : "") + std::to_string(sqlite3_column_type(s, i)) + ":" +
             (text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(s, i))) : "");
    }
    code = SQLITE_OK;
  }
  if (code != SQLITE_DONE) out.push_back("error: " + std::string(sqlite3_errmsg(db)));
  sqlite3_finalize(s);
  return out;
}

std::string furnished_file() {
  company at(tested_store::sqlite_file);
  at.furnish();
  {
    session s = at.system();
    const std::string long_text(9000, 'x');  // goes on on pages of its own
    s.create(crm::account::entity,
             {crm::account::name = "Long", crm::account::description = long_text})
        .value();
  }
  at.crm.reset();
  return read_file(at.path);
}

/// Pages of the tables' trees and of what is too long for them, by a walk over the file itself.
class pages {
 public:
  explicit pages(const std::string& file) : file_(file) {
    for (std::size_t p = 1; p <= file.size() / page_size; ++p) {
      const unsigned char kind = byte((p - 1) * page_size + (p == 1 ? 100 : 0));
      if (p > 1 && kind == 13) out_.push_back(p);
    }
  }
  const std::vector<std::size_t>& leaves() const { return out_; }

 private:
  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(file_[at]); }
  const std::string& file_;
  std::vector<std::size_t> out_;
};

/// "account 7" of a dumped row "account 1:7 …".
std::string record_of(const std::string& row) {
  const std::size_t table = row.find(' '), type = row.find(':', table), end = row.find(' ', type);
  if (type == std::string::npos) return row;
  return row.substr(0, table + 1) + row.substr(type + 1, end - type - 1);
}

}  // namespace

std::vector<std::string> dump(const std::string& path) {
  std::vector<std::string> out;
  const database db = opened(path);
  const std::vector<std::string> tables = rows_of(
      db.get(), "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  for (const std::string& typed : tables) {
    if (typed.starts_with("error")) out.push_back(typed);
    const std::string table = typed.substr(typed.find(':') + 1);
    for (const std::string& row :
         rows_of(db.get(), "SELECT * FROM \"" + table + "\" NOT INDEXED ORDER BY rowid"))
      out.push_back(table + " " + row);
  }
  std::sort(out.begin(), out.end());
  return out;
}

rot_verdict rot(std::uint64_t seed, long flips) {
  rot_verdict out;
  std::mt19937_64 random(seed);
  const std::string path = test::fresh_path(), whole = furnished_file();
  write_file(path, whole);
  const std::vector<std::string> before = dump(path);
  const std::vector<std::size_t> leaves = pages(whole).leaves();
  for (; out.flips < flips; ++out.flips) {
    std::string file = whole;
    const std::size_t page = leaves[random() % leaves.size()] - 1;
    const std::size_t at = page * page_size + random() % page_size;
    const int bit = static_cast<int>(random() % 8);
    file[at] = static_cast<char>(file[at] ^ (1 << bit));
    remove_store(path);
    write_file(path, file);
    const std::vector<std::string> after = dump(path);
    if (after == before) continue;
    ++out.changed;
    const std::string where = "bit " + std::to_string(bit) + " of byte " + std::to_string(at);
    {
      const database db = opened(path);
      out.missed_by_sqlite += rows_of(db.get(), "PRAGMA integrity_check").front() == "3:ok";
    }
    std::set<std::string> differ;
    std::vector<std::string> lines;
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                  std::back_inserter(lines));
    for (const std::string& line : lines) differ.insert(record_of(line));
    auto crm = open(path);
    if (!crm) continue;  // refused at the door, with an error
    auto seen = crm->verify();
    if (seen && seen->sound()) {
      // Opening writes the library's own definitions anew where the stored ones are others.
      crm = unexpected(errc::ok, "closed");
      if (dump(path) == before) continue;
    }
    if (!seen || seen->sound()) {
      out.complaints.push_back(where + " was not found; it changes " + *differ.begin());
      continue;
    }
    for (const store::finding& f : seen->findings)
      if (differ.contains(f.entity + " " + std::to_string(f.record.value))) {
        ++out.named;
        break;
      }
  }
  remove_store(path);
  return out;
}

}  // namespace guanxi::test
