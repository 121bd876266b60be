// What stands behind the opaque handles of guanxi.h. Each owns its content and, through it, what it
// needs of its parents, so that handles may be released in any order.
#pragma once

#include "guanxi.h"

#include "modules.hpp"

#include "guanxi/session/feed.hpp"
#include "guanxi/session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

struct guanxi_error {
  guanxi::error content;
  std::vector<guanxi_error> others;
};

struct guanxi_buffer {
  std::string content;
};

struct guanxi_environment {
  guanxi::environment content;
  std::vector<std::shared_ptr<const guanxi::capi::module_rows>> modules = {};
};

struct guanxi_module {
  guanxi::capi::module_rows content;
};

struct guanxi_tenant {
  guanxi::tenant content;
  std::string store_name;
  std::int64_t process;  ///< that opened it: an open file does not survive a fork
  guanxi::capi::callers_ptr inside = {};  ///< of its modules; null: it has none
};

struct guanxi_session {
  guanxi::session content;
  std::string login, base_currency;
  std::int64_t process;
  guanxi::capi::callers_ptr inside = {};
};

struct guanxi_draft {
  guanxi::schema::catalog_ptr catalog;
  std::shared_ptr<const std::vector<bool>> visible;  ///< by slot, when the draft was made
  guanxi::schema::draft content;
  std::uint16_t priced_slot = guanxi::schema::no_slot;  ///< the amount that brought `priced_in`
  guanxi::currency priced_in = {};
};

struct guanxi_record {
  guanxi::record content;
};

struct guanxi_prepared {
  guanxi::prepared content;
  std::vector<std::string> names;
};

struct guanxi_parameters {
  std::vector<guanxi::expr::parameter_value> content;
};

namespace guanxi::capi {

/// The texts of one column of one batch, each ended by a NUL; made when the first is asked for.
struct text_cells {
  std::once_flag made;
  std::string bytes;
};

}  // namespace guanxi::capi

struct guanxi_result {
  std::shared_ptr<const guanxi::rows> content;
  /// By batch, then column.
  std::unique_ptr<guanxi::capi::text_cells[]> texts;
};

struct guanxi_store_faults {
  struct entry {
    std::string function, text, steps, found_by;
    std::uint64_t seed = 0;
  };
  std::vector<entry> entries;
  std::string skipped;
};

struct guanxi_explanation {
  guanxi::explanation content;
};

struct guanxi_history {
  std::vector<guanxi::history_entry> content;
};

struct guanxi_events {
  guanxi::feed content;
  std::int64_t process;
  guanxi::capi::callers_ptr inside = {};
  std::vector<guanxi::history_entry> given = {};  ///< a change, once there was one
};

struct guanxi_cursors {
  std::vector<guanxi::feed_cursor> content;
};

struct guanxi_catalog {
  struct entity {
    const guanxi::schema::entity* of = nullptr;
    std::vector<const guanxi::schema::field*> fields;
  };
  guanxi::schema::catalog_ptr content;
  std::vector<entity> entities;  ///< what the user may see, of what he may see
};
