// What a C++ programmer has at hand for records with several keys: one Boost.MultiIndex container
// with four ordered indices.
#pragma once

#include "../deals.hpp"
#include "../measure.hpp"

#include <memory>

namespace guanxi::bench {

class multi_index_deals {
 public:
  multi_index_deals();
  ~multi_index_deals();
  void insert(const deal& d);
  std::size_t size() const noexcept;
  /// Sum of amounts and count of an owner's deals.
  void owner_sum(std::int64_t owner, digest& into) const;
  /// Ids of an owner's deals, newest last.
  void owner_by_date(std::int64_t owner, digest& into) const;
  /// Moves a deal to another close date and stage.
  void move(std::int64_t id, std::int32_t close_date, std::uint8_t stage);

 private:
  struct container;
  std::unique_ptr<container> in_;
};

}  // namespace guanxi::bench
