using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Json;

/// <summary>Brings a tree into the form it would have after a round trip through upstream's typed objects.</summary>
public static class JsonNormalize
{
    /// <summary>Removes null members at every depth. Changes <paramref name="target"/>; null list items stay.</summary>
    public static void DropNulls(JsonObject target) => throw new NotSupportedException(target.ToString());

    /// <summary>Drops null members and writes quantities and times in their canonical form (<c>1024Mi</c> → <c>1Gi</c>, a number → text). Changes <paramref name="target"/>,
    /// which must have passed <see cref="FieldCheck.Types"/>; values that did not are left as they are.</summary>
    public static void Canonicalize(JsonObject target, SchemaType type) => throw new NotSupportedException(type.Name + target);
}
