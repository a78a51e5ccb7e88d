using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.Patches;

/// <summary>JSON Patch (RFC 6902).</summary>
public static class JsonPatch
{
    /// <summary>Most operations in one patch (apiserver: MaxJSONPatchOperations).</summary>
    public const int MaxOperations = 10_000;

    // A few copies of a copy could grow an object without bound; upstream stops at the size of a request.
    private const int MaxCopiedBytes = 3 * 1024 * 1024;

    /// <summary>Applies all operations, or none. Neither argument is changed.</summary>
    /// <exception cref="Errors.ApiException">BadRequest: not a patch. Invalid (422): it does not fit the document, or a test failed.
    /// RequestEntityTooLarge: too many operations, or copies grow too large.</exception>
    public static JsonNode Apply(JsonNode target, JsonNode patch)
    {
        if (patch is not JsonArray operations)
        {
            throw PatchErrors.Malformed("a JSON patch is a list of operations");
        }

        if (operations.Count > MaxOperations)
        {
            throw PatchErrors.TooLarge(string.Create(CultureInfo.InvariantCulture, $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}"));
        }

        var document = new Document(target.DeepClone());
        for (var index = 0; index < operations.Count; index++)
        {
            document.Apply(operations[index] as JsonObject ?? throw PatchErrors.Malformed(string.Create(CultureInfo.InvariantCulture, $"operation {index} is not an object")));
        }

        return document.Root ?? throw PatchErrors.DoesNotApply("the patch leaves no document");
    }

    private sealed class Document(JsonNode root)
    {
        private int _copiedBytes;

        public JsonNode? Root { get; private set; } = root;

        public void Apply(JsonObject operation)
        {
            var op = JsonRead.Text(operation, "op") ?? throw PatchErrors.Malformed("an operation has no \"op\"");
            var path = Pointer(operation, op, "path");
            switch (op)
            {
                case "add":
                    Add(path, Value(operation, op), op);
                    break;
                case "remove":
                    Remove(path, op);
                    break;
                case "replace":
                    Replace(path, Value(operation, op));
                    break;
                case "move":
                    Move(Pointer(operation, op, "from"), path);
                    break;
                case "copy":
                    Copy(Pointer(operation, op, "from"), path);
                    break;
                case "test":
                    Test(path, Value(operation, op));
                    break;
                default:
                    throw PatchErrors.Malformed($"unknown operation \"{op}\"; use add, remove, replace, move, copy or test");
            }
        }

        private static JsonPointer Pointer(JsonObject operation, string op, string member) =>
            JsonPointer.Parse(JsonRead.Text(operation, member) ?? throw PatchErrors.Malformed($"the operation \"{op}\" has no \"{member}\""));

        private static JsonNode? Value(JsonObject operation, string op) =>
            operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw PatchErrors.Malformed($"the operation \"{op}\" has no \"value\"");

        private void Add(JsonPointer path, JsonNode? value, string op)
        {
            if (path.IsRoot)
            {
                Root = value;
                return;
            }

            switch (Parent(path, op))
            {
                case JsonObject members:
                    members[path.Last] = value;
                    break;
                case JsonArray items when path.Last == "-":
                    items.Add(value);
                    break;
                case JsonArray items when JsonPointer.TryIndex(path.Last, items.Count + 1, out var index):
                    items.Insert(index, value);
                    break;
                case JsonArray items:
                    throw BadIndex(op, path, items.Count);
                default:
                    throw Missing(op, path);
            }
        }

        private JsonNode? Remove(JsonPointer path, string op)
        {
            if (path.IsRoot)
            {
                throw PatchErrors.DoesNotApply($"{op} operation does not apply: the whole document cannot be removed");
            }

            switch (Parent(path, op))
            {
                case JsonObject members when members.TryGetPropertyValue(path.Last, out var member):
                    members.Remove(path.Last);
                    return member;
                case JsonArray items when JsonPointer.TryIndex(path.Last, items.Count, out var index):
                    var item = items[index];
                    items.RemoveAt(index);
                    return item;
                case JsonArray items:
                    throw BadIndex(op, path, items.Count);
                default:
                    throw Missing(op, path);
            }
        }

        private void Replace(JsonPointer path, JsonNode? value)
        {
            if (path.IsRoot)
            {
                Root = value;
                return;
            }

            switch (Parent(path, "replace"))
            {
                case JsonObject members when members.ContainsKey(path.Last):
                    members[path.Last] = value;
                    break;
                case JsonArray items when JsonPointer.TryIndex(path.Last, items.Count, out var index):
                    items[index] = value;
                    break;
                default:
                    throw Missing("replace", path);
            }
        }

        private void Move(JsonPointer from, JsonPointer path)
        {
            if (path.IsInside(from))
            {
                throw PatchErrors.DoesNotApply($"move operation does not apply: {path} is inside {from}");
            }

            if (from.ToString() == path.ToString() && from.TryResolve(Root, out _))
            {
                return; // RFC 6902 section 4.4: moving a value onto itself has no effect.
            }

            Add(path, Remove(from, "move"), "move");
        }

        private void Copy(JsonPointer from, JsonPointer path)
        {
            if (!from.TryResolve(Root, out var value))
            {
                throw Missing("copy", from);
            }

            if (value is not null && (_copiedBytes += JsonBytes.Serialize(value).Length) > MaxCopiedBytes)
            {
                throw PatchErrors.TooLarge(string.Create(CultureInfo.InvariantCulture, $"the copies of a JSON patch may add up to {MaxCopiedBytes} bytes"));
            }

            Add(path, value?.DeepClone(), "copy");
        }

        private void Test(JsonPointer path, JsonNode? expected)
        {
            // Upstream takes a missing member as null here.
            if (!path.TryResolve(Root, out var actual) && expected is not null)
            {
                throw PatchErrors.DoesNotApply($"testing path {path} failed: there is no such value");
            }

            if (!JsonNode.DeepEquals(actual, expected))
            {
                throw PatchErrors.DoesNotApply($"testing value {path} failed");
            }
        }

        private JsonNode? Parent(JsonPointer path, string op) => path.TryResolveParent(Root, out var parent) ? parent : throw Missing(op, path);

        private static Errors.ApiException Missing(string op, JsonPointer path) =>
            PatchErrors.DoesNotApply($"{op} operation does not apply: doc is missing path: {path}: missing value");

        private static Errors.ApiException BadIndex(string op, JsonPointer path, int count) =>
            PatchErrors.DoesNotApply(string.Create(CultureInfo.InvariantCulture, $"{op} operation does not apply: {path} is not an index of a list with {count} items"));
    }
}
