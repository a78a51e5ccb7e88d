using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.Structural;

/// <summary>Numbers in JSON trees, whichever CLR type the tree was built from.</summary>
internal static class JsonNumbers
{
    public static double AsDouble(JsonValue value) =>
        value.TryGetValue<JsonElement>(out var element) ? element.GetDouble()
        : value.TryGetValue<double>(out var real) ? real
        : value.TryGetValue<long>(out var wide) ? wide
        : value.TryGetValue<int>(out var narrow) ? narrow
        : double.NaN;

    /// <summary>Whether it is a whole number; 1.0 is one, as upstream counts.</summary>
    public static bool IsWhole(JsonValue value) => AsDouble(value) is var number && Math.Floor(number) == number;
}
