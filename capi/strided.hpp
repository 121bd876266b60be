// An array of structs of the caller's version: the first one's struct_size says how far apart they
// stand, so that a host compiled against shorter or longer structs is read rightly.
//
//   for (std::size_t i = 0; i < row.size(); ++i) take(value_of(row[i]));
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace guanxi::capi {

template <class Struct>
class strided {
 public:
  strided() = default;
  strided(const Struct* first, std::size_t count, std::size_t apart)
      : first_(reinterpret_cast<const char*>(first)), count_(count), apart_(apart) {}

  std::size_t size() const noexcept { return count_; }
  /// A copy of an element; what the caller's version lacks is zero.
  Struct operator[](std::size_t at) const noexcept {
    Struct out = {};
    std::memcpy(&out, first_ + at * apart_, std::min(sizeof out, apart_));
    return out;
  }

 private:
  const char* first_ = nullptr;
  std::size_t count_ = 0, apart_ = sizeof(Struct);
};

}  // namespace guanxi::capi
