// The door to a host's store behind its guard, for those who ask it about requests: the guard's own
// reads, and the kit that checks a store.
//
//   auto* door = dynamic_cast<host_row::requesting*>(&driver);   door->said_to(of, asked)
//
// Thread rule: as of store::host.
#pragma once

#include "guanxi/schema/record.hpp"
#include "guanxi/store/request.hpp"

#include <vector>

namespace guanxi::store::host_row {

class requesting {
 public:
  virtual ~requesting() = default;
  /// Whether the store offers plan and execute.
  virtual bool plans() const noexcept = 0;
  /// What the store says to a request. Errors: errc::store_corrupt for an answer of another shape.
  virtual result<plan_answer> said_to(const schema::entity& of, const request& asked) = 0;
  /// The rows that the store gives, in the order of the request, at most as many as it wants; else,
  /// and for what can be no row, errc::store_corrupt.
  virtual result<std::vector<schema::record>> found(const schema::catalog_ptr& catalog,
                                                    const schema::entity& of,
                                                    const request& asked) = 0;
};

}  // namespace guanxi::store::host_row
