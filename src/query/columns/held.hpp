// Holds a source for as long as it lives.
//
//   { const held now(source);  … look at columns … }
#pragma once

#include "run.hpp"

namespace guanxi::query::columns {

class held {
 public:
  explicit held(source& of) : of_(of) { of_.lock(); }
  ~held() { of_.unlock(); }
  held(const held&) = delete;
  held& operator=(const held&) = delete;

 private:
  source& of_;
};

}  // namespace guanxi::query::columns
