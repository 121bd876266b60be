#include "guanxi/schema/record-inl.hpp"
