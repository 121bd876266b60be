// What queries and reports take of a parameters handle.
#pragma once

#include "handles.hpp"

namespace guanxi::capi {

/// The parameters behind a handle; none for NULL.
const std::vector<expr::parameter_value>& content_of(const guanxi_parameters* parameters);

}  // namespace guanxi::capi
