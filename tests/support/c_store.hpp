// A store behind the C functions of guanxi_store: rows in maps, with a list of what to take back.
//
//   c_shelf kept;
//   auto d = over_c(kept, c_offer::transactions);     // a driver; `kept` must outlive it
//
// Thread rule: one thread at a time.
#pragma once

#include "guanxi.h"

#include "guanxi/store/driver.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace guanxi::test {

/// plain: every write is there at once; all: also savepoints, migrations and batches; plans: also
/// plan and execute, with verdicts by chance.
enum class c_offer { plain, transactions, all, plans };

class c_shelf {
 public:
  struct cell {
    std::int32_t type = GUANXI_TYPE_NULL, scale = 0;
    std::int64_t integer = 0;
    std::string text;
  };
  using row = std::vector<cell>;
  using rows = std::map<std::int64_t, row>;

  const row* find(const std::string& table, std::int64_t id) const;
  const rows& of(const std::string& table) { return tables_[table]; }
  void write(const std::string& table, std::int64_t id, std::optional<row> now);
  /// Gives every row a null at a place.
  void widen(const std::string& table, std::size_t at);
  std::size_t position() const noexcept { return undo_.size(); }
  void back_to(std::size_t position);
  void forget_undo() { undo_.clear(); }
  std::map<std::int32_t, std::size_t> marks;  ///< savepoints, by level
  std::mt19937_64 random{1};                  ///< of verdicts
  std::set<std::string> loose;                ///< terms that the last plan called prune
  bool chance(unsigned percent) { return random() % 100 < percent; }

  /// Each function with this as its `self`.
  static guanxi_store functions(c_offer what);

 private:
  struct written {
    std::string table;
    std::int64_t id;
    std::optional<row> before;
  };
  std::map<std::string, rows> tables_;
  std::vector<written> undo_;
};

/// A row as C takes it; the texts lie in `from`.
std::vector<guanxi_value> values_of(const c_shelf::row& from);

/// A driver over functions, which gives up `self` with them if they have a release.
std::unique_ptr<store::driver> over_c(const guanxi_store& functions, void* self);
/// Over a shelf of the caller's, or over one that goes with the driver.
inline std::unique_ptr<store::driver> over_c(c_shelf& kept, c_offer what) {
  return over_c(c_shelf::functions(what), &kept);
}
std::unique_ptr<store::driver> over_c(c_offer what, std::uint64_t seed = 1);

}  // namespace guanxi::test
