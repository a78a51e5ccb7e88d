using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Rules of printer columns and selectable fields.</summary>
internal static class PresentationRules
{
    private const int MostSelectableFields = 8;

    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];

    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    public static void ValidateColumns(JsonObject version, string path, FieldErrors errors)
    {
        foreach (var (column, index) in version.Objects("additionalPrinterColumns"))
        {
            var at = $"{path}.additionalPrinterColumns[{index}]";
            if (column.Text("name") is null)
            {
                errors.Required($"{at}.name");
            }

            if (column.Text("type") is not { } type)
            {
                errors.Required($"{at}.type", $"must be one of {string.Join(',', ColumnTypes)}");
            }
            else if (!ColumnTypes.Contains(type))
            {
                errors.Invalid($"{at}.type", type, $"must be one of {string.Join(',', ColumnTypes)}");
            }

            if (column.Text("format") is { } format && !ColumnFormats.Contains(format))
            {
                errors.Invalid($"{at}.format", format, $"must be one of {string.Join(',', ColumnFormats)}");
            }

            if (column.Text("jsonPath") is not { } jsonPath)
            {
                errors.Required($"{at}.JSONPath");
            }
            else
            {
                ValidateSimplePath(jsonPath, $"{at}.JSONPath", errors);
            }
        }
    }

    public static void ValidateSelectableFields(JsonObject version, JsonObject? schema, string path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var root = StructuralReader.Read(schema);
        foreach (var (field, index) in version.Objects("selectableFields"))
        {
            var at = $"{path}[{index}].jsonPath";
            if (field.Text("jsonPath") is not { } jsonPath)
            {
                errors.Required(at);
                continue;
            }

            if (!jsonPath.StartsWith('.') || Find(root, jsonPath) is not { } found)
            {
                errors.Invalid(at, jsonPath, "is an invalid path: does not refer to a valid field");
                continue;
            }

            if (jsonPath.StartsWith(".metadata", StringComparison.Ordinal))
            {
                errors.Invalid(at, jsonPath, "must not point to fields in metadata");
            }

            if (found.Type is not ("string" or "boolean" or "integer"))
            {
                errors.Invalid(at, jsonPath, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
            }

            if (!seen.Add(jsonPath))
            {
                errors.Duplicate(at, jsonPath);
            }
        }

        if (seen.Count > MostSelectableFields)
        {
            errors.TooMany(path, seen.Count, MostSelectableFields);
        }
    }

    /// <returns>Whether it is one.</returns>
    public static bool ValidateSimplePath(string jsonPath, string at, FieldErrors errors)
    {
        if (jsonPath.StartsWith('.'))
        {
            return true;
        }

        errors.Invalid(at, jsonPath, "must be a simple json path starting with .");
        return false;
    }

    private static StructuralSchema? Find(StructuralSchema schema, string jsonPath)
    {
        StructuralSchema? found = schema;
        foreach (var name in jsonPath[1..].Split('.'))
        {
            found = found?.Properties.GetValueOrDefault(name);
        }

        return found;
    }
}
