// What a driver answers, and its errors in words.
//
//   const auto got = said([&] { return driver.erase(of, key); });
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/base/result.hpp"

#include <exception>
#include <new>
#include <string>

namespace guanxi::store::checking {

/// What a driver answers; one that throws has failed. Want of memory is no fault of a store, and
/// ends the check.
template <class Call>
auto said(Call&& call) -> decltype(call()) {
  const auto threw = [](const std::string& what) {
    return unexpected(errc::internal, "it threw an exception: " + what);
  };
  try {
    auto out = call();
    if (!out && out.error().code() == errc::out_of_memory) throw std::bad_alloc();
    return out;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    return threw(thrown.what());
  } catch (...) {
    return threw("of a type of its own");
  }
}

inline std::string words(const error& why) {
  return "`" + std::string(guanxi::name(why.code())) + "` (" + std::string(why.message()) + ")";
}

}  // namespace guanxi::store::checking
