#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::schema {

GUANXI_INLINE std::string_view name(kind k) noexcept {
  switch (k) {
    case kind::boolean: return "boolean";
    case kind::integer: return "integer";
    case kind::decimal: return "decimal";
    case kind::money: return "money";
    case kind::text: return "text";
    case kind::choice: return "choice";
    case kind::date: return "date";
    case kind::instant: return "instant";
    case kind::reference: return "reference";
  }
  return "unknown";
}

GUANXI_INLINE std::string_view name(on_delete what) noexcept {
  switch (what) {
    case on_delete::leave: return "leave";
    case on_delete::clear: return "clear";
    case on_delete::restrict: return "restrict";
    case on_delete::cascade: return "cascade";
    case on_delete::follow: return "follow";
  }
  return "unknown";
}

GUANXI_INLINE value_type stored_as(kind k) noexcept {
  switch (k) {
    case kind::boolean: return value_type::boolean;
    case kind::integer: return value_type::integer;
    case kind::decimal:
    case kind::money: return value_type::decimal;
    case kind::text:
    case kind::choice: return value_type::text;
    case kind::date: return value_type::date;
    case kind::instant: return value_type::instant;
    case kind::reference: return value_type::reference;
  }
  return value_type::null;
}

GUANXI_INLINE std::span<const field_row> system_rows() noexcept {
  static constexpr field_row rows[system_slot::count] = {
      {.name = "id", .type = kind::reference, .text = {"Id", "编号"}},
      {.name = "revision", .type = kind::integer, .text = {"Revision", "版本"}},
      {.name = "owner", .type = kind::reference, .text = {"Owner", "负责人"}, .flags = indexed,
       .target = "user"},
      {.name = "owner_role", .type = kind::reference, .text = {"Owner's role", "负责人角色"},
       .flags = indexed, .target = "role"},
      {.name = "created_at", .type = kind::instant, .text = {"Created at", "创建时间"}},
      {.name = "created_by", .type = kind::reference, .text = {"Created by", "创建人"},
       .target = "user"},
      {.name = "modified_at", .type = kind::instant, .text = {"Modified at", "修改时间"}},
      {.name = "modified_by", .type = kind::reference, .text = {"Modified by", "修改人"},
       .target = "user"},
      {.name = "record_type", .type = kind::text, .text = {"Record type", "记录类型"}},
      {.name = "deletion_batch", .type = kind::integer, .text = {"Deletion batch", "删除批次"}},
      {.name = "archived", .type = kind::boolean, .text = {"Archived", "已归档"}},
  };
  return rows;
}

}  // namespace guanxi::schema
