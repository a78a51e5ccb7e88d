using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Structural;

/// <summary>Takes out of an object what its schema does not know (apiextensions-apiserver: pkg/apiserver/schema/pruning).</summary>
public sealed class Pruner
{
    private static readonly SchemaType ObjectMeta = SchemaTable.Default.Type("meta.v1.ObjectMeta")!;

    private readonly JsonPathBuilder _path = new();
    private readonly List<string>? _found;
    private bool _changed;

    private Pruner(List<string>? found) => _found = found;

    /// <summary>Removes unknown fields, those of metadata included. Changes <paramref name="target"/>.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool Prune(JsonObject target, StructuralSchema schema)
    {
        var pruner = new Pruner(null);
        pruner.WalkObject(target, schema, isResource: true);
        return pruner._changed;
    }

    /// <summary>Paths of unknown fields, such as <c>spec.foo</c>, in document order.</summary>
    public static List<string> UnknownFields(JsonObject target, StructuralSchema schema)
    {
        var found = new List<string>();
        new Pruner(found).WalkObject(target, schema, isResource: true);
        return found;
    }

    private void Walk(JsonNode? value, StructuralSchema schema)
    {
        switch (value)
        {
            case JsonObject map:
                WalkObject(map, schema, schema.IsEmbeddedResource);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                {
                    _path.Push(index);
                    Walk(list[index], items);
                    _path.Pop();
                }

                break;
        }
    }

    private void WalkObject(JsonObject target, StructuralSchema schema, bool isResource)
    {
        for (var index = 0; index < target.Count; index++)
        {
            var (name, value) = target.GetAt(index);
            _path.Push(name);
            if (isResource && name is "apiVersion" or "kind")
            {
                // Every object has them.
            }
            else if (isResource && name == "metadata")
            {
                WalkMetadata(value);
            }
            else if (schema.Properties.TryGetValue(name, out var property))
            {
                Walk(value, property);
            }
            else if (schema.AdditionalProperties is { } additional)
            {
                Walk(value, additional);
            }
            else if (!schema.PreservesUnknownFields)
            {
                _changed = true;
                if (_found is null)
                {
                    target.RemoveAt(index--);
                }
                else
                {
                    _found.Add(_path.ToString());
                }
            }

            _path.Pop();
        }
    }

    private void WalkMetadata(JsonNode? value)
    {
        if (value is not JsonObject metadata || FieldCheck.UnknownFields(metadata, ObjectMeta) is not { Count: > 0 } unknown)
        {
            return;
        }

        _changed = true;
        if (_found is null)
        {
            FieldCheck.Prune(metadata, ObjectMeta);
        }
        else
        {
            _found.AddRange(unknown.Select(_path.Child));
        }
    }
}
