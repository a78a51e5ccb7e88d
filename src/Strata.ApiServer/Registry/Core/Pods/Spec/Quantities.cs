using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Quantities in object trees.</summary>
internal static class Quantities
{
    /// <summary>Rewrites each quantity of a map in its canonical form (<c>0.1</c> becomes <c>100m</c>), as typed clients do, so that equal values look equal.</summary>
    public static void Canonicalize(JsonObject? map)
    {
        if (map is null)
        {
            return;
        }

        foreach (var key in map.Select(static entry => entry.Key).ToArray())
        {
            CanonicalizeField(map, key);
        }
    }

    public static void CanonicalizeField(JsonObject? source, string field)
    {
        if (source is not null && TryRead(source[field], out var quantity) && quantity.ToString() is var canonical && source.Text(field) != canonical)
        {
            source[field] = canonical;
        }
    }

    /// <summary>Reads a quantity, which JSON may hold as text or as a number.</summary>
    public static bool TryRead(JsonNode? node, out Quantity quantity)
    {
        quantity = default;
        return node is JsonValue && (JsonTree.TryText(node, out var text) ? Quantity.TryParse(text, out quantity) : Quantity.TryParse(node.ToJsonString(), out quantity));
    }

    /// <summary>The quantity under a key; null when there is none or it is malformed.</summary>
    public static Quantity? Read(this JsonObject? source, string name) => TryRead(source?[name], out var quantity) ? quantity : null;

    /// <summary>Every value of a resource list is a quantity of at least 0, of a resource with a proper name.</summary>
    public static void ValidateMap(JsonObject? map, string path, FieldErrors errors)
    {
        if (map is null)
        {
            return;
        }

        foreach (var (name, value) in map)
        {
            QualifiedNames.Validate(name, $"{path}[{name}]", errors);
            Validate(name, value, $"{path}[{name}]", errors);
        }
    }

    public static void Validate(string resource, JsonNode? value, string path, FieldErrors errors)
    {
        if (!TryRead(value, out var quantity))
        {
            errors.Invalid(path, value?.DeepClone(), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }
        else if (quantity.IsNegative)
        {
            errors.Invalid(path, quantity.ToString(), "must be greater than or equal to 0");
        }
        else if (IsCounted(resource) && quantity.MilliValue % 1000 != 0)
        {
            errors.Invalid(path, quantity.ToString(), "must be an integer");
        }
    }

    /// <summary>Devices, huge pages and pods come in whole pieces.</summary>
    public static bool IsCounted(string resource) => resource == "pods" || IsExtended(resource) || IsHugePages(resource);

    public static bool IsHugePages(string resource) => resource.StartsWith("hugepages-", StringComparison.Ordinal);

    /// <summary>A resource of someone else's domain, such as a device.</summary>
    public static bool IsExtended(string resource) =>
        resource.Contains('/', StringComparison.Ordinal) && !resource.StartsWith("kubernetes.io/", StringComparison.Ordinal)
        && !resource.Contains(".kubernetes.io/", StringComparison.Ordinal);
}
