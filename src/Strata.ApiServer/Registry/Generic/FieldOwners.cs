using Strata.Api.ManagedFields;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The owners of an object's fields after a write.</summary>
/// <param name="IsChanged">Whether they are worth a new version of the object even when nothing else changed.</param>
internal readonly record struct FieldOwners(IReadOnlyList<ManagedEntry> List, bool IsChanged);
