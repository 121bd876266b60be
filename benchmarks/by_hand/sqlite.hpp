// SQLite as one would use it by hand: prepared statements on a file whose table of deals has the
// same columns and indices as ours, read into a struct and written out of it.
#pragma once

#include "../deals.hpp"
#include "../measure.hpp"

#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace guanxi::bench {

class hand_sqlite {
 public:
  explicit hand_sqlite(const std::string& path);
  ~hand_sqlite();

  void begin();
  void commit();
  void get(std::int64_t id, digest& into);
  /// The 50 newest deals of an owner.
  void newest(std::int64_t owner, digest& into);
  void insert(const deal& d);
  void move(std::int64_t id, std::int32_t close_date, std::uint8_t stage);

 private:
  struct close_connection {
    void operator()(sqlite3* db) const noexcept;
  };
  struct finalize_statement {
    void operator()(sqlite3_stmt* s) const noexcept;
  };
  using statement = std::unique_ptr<sqlite3_stmt, finalize_statement>;
  statement prepared(const std::string& sql);
  void run(const statement& s);
  void check(int code);

  std::unique_ptr<sqlite3, close_connection> db_;
  statement begin_, commit_, get_, newest_, insert_, move_;
};

/// A deal that was read, as every side digests it; texts for what is a code on one side.
struct seen_deal {
  std::int64_t id = 0, account = 0, contact = 0, product = 0, owner = 0, amount = 0,
               probability = 0, close_date = 0;
  std::string name, number, stage, region, currency, category, source;
};
void add(digest& into, const seen_deal& d);

}  // namespace guanxi::bench
