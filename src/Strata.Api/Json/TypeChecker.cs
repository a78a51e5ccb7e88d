using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Api.Schema;

namespace Strata.Api.Json;

/// <summary>Finds values that upstream's decoder would refuse, in its words. Not thread-safe; used once.</summary>
internal sealed class TypeChecker
{
    private readonly List<TypeProblem> _problems = [];
    private readonly JsonPathBuilder _path = new();

    public List<TypeProblem> Check(JsonObject target, SchemaType type)
    {
        CheckObject(target, type);
        return _problems;
    }

    private void CheckObject(JsonObject target, SchemaType type)
    {
        foreach (var (name, value) in target)
        {
            if (value is null)
            {
                continue;
            }

            _path.Push(name);
            if (type.Field(name) is { } field)
            {
                CheckField(value, field, type);
            }
            else if (name is "apiVersion" or "kind" && !IsString(value, out _))
            {
                Mismatch(value, type, "string");
            }

            _path.Pop();
        }
    }

    private void CheckField(JsonNode value, SchemaField field, SchemaType owner)
    {
        if (field.IsMap)
        {
            if (value is not JsonObject map)
            {
                Mismatch(value, owner, GoType(field));
                return;
            }

            foreach (var (key, entry) in map)
            {
                _path.Push(key);
                if (entry is not null)
                {
                    CheckListOrValue(entry, field, owner);
                }

                _path.Pop();
            }
        }
        else
        {
            CheckListOrValue(value, field, owner);
        }
    }

    private void CheckListOrValue(JsonNode value, SchemaField field, SchemaType owner)
    {
        if (!field.IsList)
        {
            CheckValue(value, field, owner);
            return;
        }

        if (value is not JsonArray items)
        {
            Mismatch(value, owner, "[]" + GoElement(field));
            return;
        }

        for (var index = 0; index < items.Count; index++)
        {
            _path.Push(index);
            if (items[index] is { } item)
            {
                CheckValue(item, field, owner);
            }

            _path.Pop();
        }
    }

    private void CheckValue(JsonNode value, SchemaField field, SchemaType owner)
    {
        switch (field.Kind)
        {
            case SchemaFieldKind.Object when value is JsonObject inner:
                if (field.ObjectType is { } type)
                {
                    CheckObject(inner, type);
                }

                break;
            case SchemaFieldKind.RawJson when value is JsonObject schema && field.SchemaUnion is { } union:
                CheckObject(schema, union);
                break;
            case SchemaFieldKind.RawJson:
                break;
            case SchemaFieldKind.Int32 when IsInteger(value, out var number) && number is >= int.MinValue and <= int.MaxValue:
            case SchemaFieldKind.Int64 when IsInteger(value, out _):
            case SchemaFieldKind.Double when value.GetValueKind() == JsonValueKind.Number:
            case SchemaFieldKind.Bool when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
            case SchemaFieldKind.String when IsString(value, out _):
            case SchemaFieldKind.IntOrString when IsString(value, out _) || (IsInteger(value, out var port) && port is >= int.MinValue and <= int.MaxValue):
                break;
            case SchemaFieldKind.Bytes or SchemaFieldKind.Time or SchemaFieldKind.MicroTime or SchemaFieldKind.Duration when IsString(value, out var text):
                CheckText(text, field.Kind);
                break;
            case SchemaFieldKind.Quantity when IsString(value, out _) || value.GetValueKind() == JsonValueKind.Number:
                if (!Quantity.TryParse(value.ToString(), out _))
                {
                    Add("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
                }

                break;
            default:
                Mismatch(value, owner, GoElement(field));
                break;
        }
    }

    private void CheckText(string text, SchemaFieldKind kind)
    {
        switch (kind)
        {
            case SchemaFieldKind.Bytes when !Base64.IsValid(text):
                Add($"illegal base64 data in \"{Shorten(text)}\"");
                break;
            case SchemaFieldKind.Time or SchemaFieldKind.MicroTime when !KubeTime.TryParse(text, out _):
                Add($"parsing time \"{Shorten(text)}\" as \"2006-01-02T15:04:05Z07:00\": not an RFC 3339 time");
                break;
            case SchemaFieldKind.Duration when !GoDuration.TryParse(text, out _):
                Add($"time: invalid duration \"{Shorten(text)}\"");
                break;
        }
    }

    private static bool IsString(JsonNode value, out string text)
    {
        text = "";
        return value is JsonValue scalar && scalar.TryGetValue(out text!);
    }

    // 80.0 and 8e1 are numbers but not integers to Go's decoder.
    private static bool IsInteger(JsonNode value, out long number)
    {
        number = 0;
        return value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.Number && JsonRead.Int64(scalar) is { } integer && (number = integer) == integer;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static string GoType(SchemaField field) =>
        (field.IsMap ? "map[string]" : "") + (field.IsList ? "[]" : "") + GoElement(field);

    private static string GoElement(SchemaField field) => field.Kind switch
    {
        SchemaFieldKind.String => "string",
        SchemaFieldKind.Int32 => "int32",
        SchemaFieldKind.Int64 => "int64",
        SchemaFieldKind.Bool => "bool",
        SchemaFieldKind.Double => "float64",
        SchemaFieldKind.Bytes => "[]uint8",
        SchemaFieldKind.Time => "v1.Time",
        SchemaFieldKind.MicroTime => "v1.MicroTime",
        SchemaFieldKind.Duration => "v1.Duration",
        _ when field.TypeName.Split('.') is [.., var package, var name] => $"{package}.{name}",
        _ => field.TypeName,
    };

    private void Mismatch(JsonNode value, SchemaType owner, string goType)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => goType is "int32" or "int64" ? $"number {value.ToJsonString()}" : "number",
            _ => "bool",
        };
        Add($"json: cannot unmarshal {found} into Go struct field {owner.ShortName}.{_path} of type {goType}");
    }

    private void Add(string message) => _problems.Add(new TypeProblem(_path.ToString(), message));
}
