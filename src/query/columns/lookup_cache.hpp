// Tables that runs made over columns, kept for the next run that needs the same.
//
//   lookup_cache kept(16 << 20);          // bytes, about
//   kept.put(key, table);   std::shared_ptr<const void> again = kept.find(key);
//
// Whoever owns the columns owns the cache, and must drop it before them.
// Thread rule: may be used from many threads.
#pragma once

#include "run.hpp"

#include <list>
#include <mutex>

namespace guanxi::query::columns {

/// What a table depends on. Two equal keys stand for the same content.
struct lookup_key {
  struct part {
    const column_table* table = nullptr;
    std::uint64_t version = 0;
    const schema::field* via = nullptr;   ///< the reference that leads to it
    std::uint32_t parent = 0;             ///< the part that has the reference
    policy::reach guard;
  };
  std::uint16_t slot = 0;                 ///< of the root, whose codes the table is over
  std::uint64_t limit = 0;                ///< of the codes
  std::int64_t base = 0;
  bool has_text = false;
  expr::expression what;
  std::vector<path_source> sources;       ///< by path index; joins are indices of parts
  std::vector<part> parts;                ///< by join; without table where it plays no role

  friend bool operator==(const lookup_key& a, const lookup_key& b);
};

class lookup_cache {
 public:
  explicit lookup_cache(std::size_t bytes) : room_(bytes) {}

  std::shared_ptr<const void> find(const lookup_key& key);
  /// Keeps it instead of what was least recently asked for.
  void put(lookup_key key, std::shared_ptr<const void> table, std::size_t bytes);
  std::size_t size() const;

 private:
  struct entry {
    lookup_key key;
    std::shared_ptr<const void> table;
    std::size_t bytes;
  };
  mutable std::mutex mutex_;
  std::list<entry> entries_;  ///< the last asked for first
  std::size_t room_, used_ = 0;
};

}  // namespace guanxi::query::columns
