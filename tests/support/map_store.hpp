// The least store there can be: an ordered map per entity, and only the raw calls. It keeps SQLite
// from shaping the interface, and lets the core's engine and its index of unique values work.
//
//   tenant crm = open(std::make_unique<map_store>()).value();
#pragma once

#include "guanxi/store/driver.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::test {

class map_store final : public store::driver {
 public:
  enum class kind { transactional, plain };  ///< plain: every write is there at once, for good
  explicit map_store(kind how = kind::transactional) : transactional_(how == kind::transactional) {}

  std::string_view name() const noexcept override { return "map"; }
  bool transactional() const noexcept override { return transactional_; }
  bool snapshots() const noexcept override { return transactional_; }

  result<bool> get(const schema::entity& of, id key, store::view at, schema::record& into) override;
  result<void> put(const schema::record& r, std::int64_t expected_revision) override;
  result<void> erase(const schema::entity& of, id key) override;
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, store::view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override;
  /// Takes every step, for comparison; as reshapes() is false, no store asks for more than it adds.
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override;

  result<void> begin() override;
  result<void> commit() override;
  result<void> rollback() override;
  result<void> savepoint(int n) override;
  result<void> release(int n) override;
  result<void> rollback_to(int n) override;

 private:
  using row = std::vector<value>;
  using table = std::map<id, row>;
  using tables = std::map<std::string, table, std::less<>>;

  /// The rest is called with the mutex held.
  const row* find(std::string_view entity, id key, store::view at) const;
  void write(std::string_view entity, id key, row now);

  const bool transactional_;
  std::mutex mutex_;  ///< snapshots: a reader may come beside the writer
  tables stored_;
  tables pending_;               ///< what the open transaction has written; an empty row: erased
  struct written {
    std::string entity;
    id key;
    std::optional<row> before;  ///< what was pending there; nothing: it was not
  };
  std::vector<written> undo_;          ///< what writes since the first savepoint replaced
  std::map<int, std::size_t> saved_;   ///< how much of it there was at each savepoint
};

}  // namespace guanxi::test
