using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Files that a volume writes: keys, paths and modes (core: validation.go validateKeyToPath, validateLocalNonReservedPath).</summary>
internal static class VolumeItemValidation
{
    private const string ModeRule = "must be a number between 0 and 0777 (octal), both inclusive";

    /// <summary>defaultMode and items of a ConfigMap or Secret source.</summary>
    public static void ValidateKeys(JsonObject source, string path, FieldErrors errors)
    {
        ValidateMode(source, "defaultMode", path, errors);
        foreach (var (item, index) in source.Objects("items"))
        {
            var itemPath = $"{path}.items[{index}]";
            if (item.Text("key") is null)
            {
                errors.Required($"{itemPath}.key");
            }

            ValidatePath(item.Text("path"), $"{itemPath}.path", errors);
            ValidateMode(item, "mode", itemPath, errors);
        }
    }

    /// <summary>defaultMode and items of a downward API source.</summary>
    public static void ValidateDownward(JsonObject source, string path, FieldErrors errors)
    {
        ValidateMode(source, "defaultMode", path, errors);
        foreach (var (item, index) in source.Objects("items"))
        {
            var itemPath = $"{path}.items[{index}]";
            ValidatePath(item.Text("path"), $"{itemPath}.path", errors);
            ValidateMode(item, "mode", itemPath, errors);
            var field = item.Object("fieldRef");
            var resource = item.Object("resourceFieldRef");
            if (field is null && resource is null)
            {
                errors.Required(itemPath, "one of fieldRef and resourceFieldRef is required");
            }
            else if (field is not null && resource is not null)
            {
                errors.Invalid(itemPath, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }

            DownwardValidation.ValidateField(field, DownwardValidation.VolumeFields, $"{itemPath}.fieldRef", errors);
            DownwardValidation.ValidateResource(resource, needsContainer: true, $"{itemPath}.resourceFieldRef", errors);
        }
    }

    public static void ValidateMode(JsonObject source, string field, string path, FieldErrors errors)
    {
        if (source.Number(field) is not (null or (>= 0 and <= 511)) and var mode)
        {
            errors.Invalid($"{path}.{field}", mode, ModeRule);
        }
    }

    /// <summary>A path below the volume. Names that begin with two dots are the node agent's own (they switch versions atomically).</summary>
    public static void ValidatePath(string? itemPath, string path, FieldErrors errors)
    {
        if (itemPath is null)
        {
            errors.Required(path);
            return;
        }

        ValidateDescending(itemPath, path, errors);
        if (itemPath.StartsWith("..", StringComparison.Ordinal) && itemPath.Split('/')[0] != "..")
        {
            errors.Invalid(path, itemPath, "must not start with '..'");
        }
    }

    public static void ValidateDescending(string target, string path, FieldErrors errors)
    {
        if (target.StartsWith('/'))
        {
            errors.Invalid(path, target, "must be a relative path");
        }

        if (target.Split('/').Contains(".."))
        {
            errors.Invalid(path, target, "must not contain '..'");
        }
    }
}
