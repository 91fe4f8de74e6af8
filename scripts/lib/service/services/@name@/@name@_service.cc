#include "services/@name@/@name@_service.h"

#include "services/@name@/@name@_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::@name@ {

absl::StatusOr<v1::@Name@> @Name@Service::Create@Name@(Call& call,
                                                          const v1::Create@Name@Request& request) {
  return resource::Create<v1::@Name@>(call, @Name@Resource(), request);
}

absl::StatusOr<v1::BatchCreate@Names@Response> @Name@Service::BatchCreate@Names@(
    Call& call, const v1::BatchCreate@Names@Request& request) {
  return resource::BatchCreate<v1::BatchCreate@Names@Response>(call, @Name@Resource(), request);
}

absl::StatusOr<v1::@Name@> @Name@Service::Get@Name@(Call& call,
                                                       const v1::Get@Name@Request& request) {
  return resource::Get<v1::@Name@>(call, @Name@Resource(), request);
}

absl::StatusOr<v1::List@Names@Response> @Name@Service::List@Names@(
    Call& call, const v1::List@Names@Request& request) {
  return resource::List<v1::List@Names@Response>(call, @Name@Resource(), request);
}

absl::StatusOr<v1::@Name@> @Name@Service::Update@Name@(Call& call,
                                                          const v1::Update@Name@Request& request) {
  return resource::Update<v1::@Name@>(call, @Name@Resource(), request);
}

}  // namespace comity::@name@
