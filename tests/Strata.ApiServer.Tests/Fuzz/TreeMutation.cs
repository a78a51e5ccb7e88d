using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Fuzz;

/// <summary>Damages JSON trees and bytes at random.</summary>
internal sealed class TreeMutation(Random random)
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "A_b", "-", "a.b/c", "../x", "a/b/c", "\u0000", "é\uFFFD", "\uD83D\uDE00", "%s%n", "true", "null", "0", "-1", "1e309", "1Gi", "-1Gi", "1e400", "0.0000000000001", "10.0.0.1", "::1", "10.0.0.0/33",
        "2026-01-01T00:00:00Z", "9999-99-99T99:99:99Z", "0000-01-01T00:00:00Z", "* * * * *", "@every -1s", "*/0 * * * *", "100%", "-5%", "99999999999%", "QQ==", "!!!", "default", "kubernetes", "metadata.name", "$(A)", "{{.}}", "[", "(((((",
    ];

    private static readonly string[] Keys = ["", "a", "é", "metadata", "spec", "status", "$patch", "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers", "$retainKeys", "name", "f:metadata", ".", "k:{}", "a/b", "apiVersion", "items"];

    private static readonly string[] Numbers = ["0", "-1", "1", "65536", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1.5", "1e2", "1e400", "-0", "0.1e-400"];

    /// <summary>A copy with one to four random changes.</summary>
    public JsonNode? Mutate(JsonNode source)
    {
        var root = source.DeepClone();
        for (var changes = random.Next(1, 5); changes > 0 && root is not null; changes--)
        {
            root = MutateOnce(root);
        }

        return root;
    }

    /// <summary>A random tree.</summary>
    public JsonNode? Any(int depth = 0)
    {
        switch (random.Next(depth > 4 ? 5 : 8))
        {
            case 0:
                return null;
            case 1:
                return random.Next(2) == 0;
            case 2:
                return JsonNode.Parse(Pick(Numbers));
            case 3 or 4:
                return Text();
            case 5:
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth + 1))]);
            case 6:
                var value = new JsonObject();
                for (var count = random.Next(4); count > 0; count--)
                {
                    value[Pick(Keys)] = Any(depth + 1);
                }

                return value;
            default:
                return Nested(random.Next(2) == 0 ? 20 : 300);
        }
    }

    public string Text() => random.Next(12) switch
    {
        0 => new string('x', random.Next(1, 5000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(1, 0xD7FF))),
        _ => Pick(Texts),
    };

    /// <summary>Bytes flipped, cut, doubled, or added.</summary>
    public byte[] Damage(byte[] source)
    {
        var bytes = source.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(["{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "&a ", "*a", "!!binary ", "\n---\n", "%YAML 9", "? ", "- ", "|", "\t"])));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    public byte[] Noise()
    {
        var bytes = new byte[random.Next(0, 200)];
        random.NextBytes(bytes);
        return random.Next(3) == 0 ? [.. "k8s\0"u8, .. bytes] : bytes;
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private JsonNode? MutateOnce(JsonNode root)
    {
        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Collect(root, places);
        if (places.Count == 0 || random.Next(40) == 0)
        {
            return Any();
        }

        var (parent, key, index) = Pick(places);
        if (parent is JsonObject target)
        {
            switch (random.Next(8))
            {
                case 0:
                    target.Remove(key!);
                    break;
                case 1:
                    target[Pick(Keys)] = Any();
                    break;
                case 2:
                    target[key!] = Pick(places) is var other && Find(other) is { } found ? found.DeepClone() : null;
                    break;
                case 3:
                    target[key! + random.Next(10).ToString(CultureInfo.InvariantCulture)] = target[key!]?.DeepClone();
                    break;
                default:
                    target[key!] = Any();
                    break;
            }
        }
        else if (parent is JsonArray items)
        {
            switch (random.Next(4))
            {
                case 0:
                    items.RemoveAt(index);
                    break;
                case 1:
                    items.Add(items[index]?.DeepClone()); // Twice the same name, port or key.
                    break;
                default:
                    items[index] = Any();
                    break;
            }
        }

        return root;
    }

    private static JsonNode? Find((JsonNode Parent, string? Key, int Index) place) => place.Parent is JsonObject target ? target[place.Key!] : ((JsonArray)place.Parent)[place.Index];

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string? Key, int Index)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (key, value) in members)
            {
                places.Add((node, key, 0));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var index = 0; index < items.Count; index++)
            {
                places.Add((node, null, index));
                Collect(items[index], places);
            }
        }
    }

    private static JsonNode Nested(int depth)
    {
        JsonNode value = new JsonObject();
        for (; depth > 0; depth--)
        {
            value = depth % 2 == 0 ? new JsonArray(value) : new JsonObject { ["a"] = value };
        }

        return value;
    }
}
