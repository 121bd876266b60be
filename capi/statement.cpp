// Queries as text and as JSON.
#include "bodies.hpp"
#include "handles.hpp"

#include "guanxi/query/statement_json.hpp"

namespace guanxi::capi::body {

std::unique_ptr<guanxi_buffer> statement_to_json(std::string_view text) {
  return std::make_unique<guanxi_buffer>(
      guanxi_buffer{query::to_json(query::parse(text).value())});
}

std::unique_ptr<guanxi_buffer> statement_from_json(std::string_view json) {
  return std::make_unique<guanxi_buffer>(
      guanxi_buffer{query::print(query::statement_from_json(json).value())});
}

}  // namespace guanxi::capi::body
