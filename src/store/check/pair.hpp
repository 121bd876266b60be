// A store and the library's memory store side by side: the same calls to both, and where they part.
//
//   pair two(make, {.suffix = ""});   std::optional<parting> where = two.run(steps).value();
//
// Thread rule: one thread.
#pragma once

#include "script.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/store/check.hpp"

#include <optional>
#include <string>
#include <vector>

namespace guanxi::store::host_row {
class requesting;
}

namespace guanxi::store::checking {

/// What the functions of a store are called by those who wrote it.
struct function_names {
  const char* replace = "replace";
  const char* keep = "release";
  const char* undo = "rollback_to";
  std::string batches = "put_all";
};

/// Where the store did something else than it should.
struct parting {
  std::string function;            ///< to look at
  std::string text;                ///< what came back, and what should have
  std::vector<std::string> told;   ///< the calls up to there, in words
  std::size_t at = 0;              ///< the step
};

class pair {
 public:
  struct how {
    std::string suffix = {};  ///< of the tables' names
    bool reopens = false;
    function_names names = {};
  };
  pair(const driver_maker& make, how with) : make_(make), how_(std::move(with)) {}
  /// What is open is taken back: the store may be used again.
  ~pair();
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;

  /// Errors: those of making the store.
  result<std::optional<parting>> run(const script& steps);

 private:
  using where = std::optional<parting>;
  using kind = step::kind;
  static constexpr std::size_t enough = 1'000;  ///< rows of one table, which never come to so many

  where set_up();
  where take(const step& s);
  where put(const step& s);
  where erase(const step& s);
  where put_all(const step& s);
  where add_field();
  where control(const step& s);
  where nested(const step& s);
  where ask(const step& s);
  result<where> reopen(bool abandons);

  /// Begins for a single write, as the library does.
  where enter();
  where leave(bool written);
  where same_row(std::size_t table, id key);
  where same_row(std::size_t table, id key, view at);
  where same_holder(std::size_t table, id key, view at);
  where same_page(std::size_t table, id after, std::size_t at_most, view at);
  where same_pages();
  where same_found(host_row::requesting& door, std::size_t table, const request& asked);
  where same_given(const std::string& call, const request& asked, const std::vector<bool>& exact,
                   const schema::record& got, const std::vector<schema::record>& all);
  where same_everything();
  where same_code(const result<void>& got, const result<void>& due, const std::string& function,
                  const std::string& call);
  where part(const std::string& function, std::string text) const;
  /// Which of two reads that show a row is to blame, or the write before them.
  std::string blamed_for_row(std::size_t table, id key, view at, const schema::record& due);

  /// What bears reads: a reader of the store's where it gives one for what is committed.
  driver& tested(view at) const {
    return at == view::committed && reader_ ? reader_->on() : *tested_;
  }
  result<void> open_reader();
  result<schema::record> stored(driver& in, std::size_t table, id key, view at);
  result<std::vector<schema::record>> page(driver& in, std::size_t table, id after,
                                           std::size_t at_most, view at);
  view now() const noexcept { return open_ ? view::writing : view::committed; }
  std::string name(std::size_t table) const;
  void tell(std::string what) { told_.push_back(std::move(what)); }

  const driver_maker& make_;
  const how how_;
  const std::shared_ptr<const text_services> text_ = make_text_services();
  std::vector<schema::catalog_ptr> catalogs_;  ///< a driver may keep addresses of their entities
  schema::catalog_ptr catalog_;
  std::unique_ptr<driver> tested_, known_;
  std::unique_ptr<reader> reader_;
  int added_ = 0, depth_ = 0;
  bool open_ = false;   ///< by a step, and not for a single write
  bool begun_ = false;  ///< either way
  std::string last_write_ = "migrate";
  std::vector<std::string> told_;
};

}  // namespace guanxi::store::checking
