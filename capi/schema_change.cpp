// Changes of the schema.
#include "arguments.hpp"
#include "bodies.hpp"

#include "guanxi/session/schema_change.hpp"

namespace guanxi::capi::body {

std::unique_ptr<guanxi_buffer> preview_schema(guanxi_session& session, std::string_view requests) {
  const auto asked = schema::requests_from_json(requests).value();
  return std::make_unique<guanxi_buffer>(
      guanxi_buffer{to_json(session.content.preview_schema(asked).value())});
}

void change_schema(guanxi_session& session, std::string_view requests, guanxi_buffer* steps) {
  const auto asked = schema::requests_from_json(requests).value();
  // Written down before the steps are kept, so that no memory is needed after.
  session.content
      .change_schema(asked,
                     [&](std::span<const schema_step> taken) {
                       if (steps) steps->content = to_json(taken);
                     })
      .value();
}

}  // namespace guanxi::capi::body
