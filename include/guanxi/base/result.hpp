// A value or an error, with the interface of std::expected so that it can become it.
//
//   result<record> r = session.get("account", id);
//   if (!r) return unexpected(r.error());
//   use(*r);                       // or r.value(), which throws guanxi::failure
//
// Thread rule: a value.
#pragma once

#include "guanxi/base/error.hpp"

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace guanxi {

/// Thrown by result<T>::value() when there is no value.
class failure : public std::exception {
 public:
  explicit failure(guanxi::error why) : error_(std::move(why)), text_(error_.message()) {}
  const char* what() const noexcept override { return text_.c_str(); }
  const guanxi::error& error() const noexcept { return error_; }

 private:
  guanxi::error error_;
  std::string text_;
};

/// Marks an error on its way into a result.
class unexpected {
 public:
  explicit unexpected(guanxi::error why) noexcept : error_(std::move(why)) {}
  unexpected(errc code, std::string message) : error_(code, std::move(message)) {}
  guanxi::error& error() & noexcept { return error_; }
  guanxi::error&& error() && noexcept { return std::move(error_); }

 private:
  guanxi::error error_;
};

template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;
  using error_type = guanxi::error;

  template <class U = T>
    requires(!std::is_same_v<std::remove_cvref_t<U>, result> &&
             !std::is_same_v<std::remove_cvref_t<U>, unexpected> && std::is_constructible_v<T, U>)
  result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  result(unexpected why) : state_(std::in_place_index<1>, std::move(why).error()) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  T& value() & { check(); return **this; }
  const T& value() const& { check(); return **this; }
  /// By value, so that `for (x : call().value())` has something to run over.
  T value() && { check(); return std::move(**this); }

  guanxi::error& error() & noexcept { return *std::get_if<1>(&state_); }
  const guanxi::error& error() const& noexcept { return *std::get_if<1>(&state_); }
  guanxi::error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

  template <class U>
  T value_or(U&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  T value_or(U&& other) && {
    return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(other));
  }

  template <class F>
  auto and_then(F&& next) && -> std::remove_cvref_t<std::invoke_result_t<F, T&&>> {
    if (has_value()) return std::forward<F>(next)(std::move(**this));
    return unexpected(std::move(error()));
  }
  template <class F>
  auto transform(F&& next) && -> result<std::remove_cvref_t<std::invoke_result_t<F, T&&>>> {
    if (has_value()) return std::forward<F>(next)(std::move(**this));
    return unexpected(std::move(error()));
  }

 private:
  void check() const { if (!has_value()) throw failure(*std::get_if<1>(&state_)); }
  std::variant<T, guanxi::error> state_;
};

template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;
  using error_type = guanxi::error;

  result() noexcept = default;
  result(unexpected why) : error_(std::move(why).error()), failed_(true) {}

  bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return !failed_; }
  void operator*() const noexcept {}
  void value() const { if (failed_) throw failure(error_); }
  guanxi::error& error() & noexcept { return error_; }
  const guanxi::error& error() const& noexcept { return error_; }
  guanxi::error&& error() && noexcept { return std::move(error_); }

 private:
  guanxi::error error_;
  bool failed_ = false;
};

/// Passes a failed result's error on, whatever its value type.
template <class T>
unexpected passed(result<T>& failed) { return unexpected(std::move(failed.error())); }
template <class T>
unexpected passed(result<T>&& failed) { return unexpected(std::move(failed.error())); }

}  // namespace guanxi
