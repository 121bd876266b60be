// What stands in the way of a call over many records: told within the caller's sight alone.
//
//   obstacles found;   found.add(called(r), r, errc::permission);   return found.told(…);
//
// Of what is out of sight nothing is told but that there is some: no number, no entity, no id.
// Thread rule: one thread.
#pragma once

#include "guanxi/base/error.hpp"
#include "guanxi/schema/record.hpp"

#include <string>
#include <vector>

namespace guanxi::work {

class obstacles {
 public:
  /// `name` is how the caller knows the record; empty: the caller must not know of it.
  void add(const std::string& name, const schema::record& r, errc code);
  bool none() const noexcept { return seen_ == 0 && !unseen_; }
  /// "<nothing was deleted, since> 3 records (a, b, …) <refer to it>, and <what you may not see
  /// refers to it>; <remedy>", with the first ten in others(). Good, if nothing stands in the way.
  result<void> told(errc code, const std::string& nothing, const std::string& one,
                    const std::string& many, const std::string& unseen,
                    const std::string& remedy) const;

 private:
  std::size_t seen_ = 0;
  bool unseen_ = false;
  std::vector<error> first_;
};

}  // namespace guanxi::work
