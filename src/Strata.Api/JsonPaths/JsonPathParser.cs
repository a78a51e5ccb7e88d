using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Strata.Api.JsonPaths;

/// <summary>Reads a path. Not thread-safe; used once.</summary>
internal sealed class JsonPathParser(string text)
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];

    /// <returns>Null when it is not a path.</returns>
    public IReadOnlyList<JsonPathStep>? Parse()
    {
        var steps = new List<JsonPathStep>();
        var position = 0;
        while (position < text.Length)
        {
            var step = text[position] switch
            {
                '.' => Dot(ref position),
                '[' => Bracket(ref position),
                _ => null,
            };
            if (step is null)
            {
                return null;
            }

            // A lone dot is the object itself.
            if (step is not FieldStep { Names: [""] })
            {
                steps.Add(step);
            }
        }

        return text.Length == 0 ? null : steps;
    }

    private JsonPathStep? Dot(ref int position)
    {
        position++;
        if (position < text.Length && text[position] == '.')
        {
            // The second dot begins the name that is looked for.
            return new RecursiveStep();
        }

        if (position < text.Length && text[position] == '*')
        {
            position++;
            return new WildcardStep();
        }

        var name = new StringBuilder();
        while (position < text.Length && text[position] is not ('.' or '['))
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
            }
            else if (text[position] is '{' or '}' or ']' or '(' or ')' or ' ' or '\'' or '"')
            {
                return null;
            }

            name.Append(text[position++]);
        }

        return name.Length > 0 || position < text.Length || text.Length == 1 ? new FieldStep([name.ToString()]) : null;
    }

    private JsonPathStep? Bracket(ref int position)
    {
        var end = EndOfBracket(position);
        if (end < 0)
        {
            return null;
        }

        var inner = text[(position + 1)..end].Trim();
        position = end + 1;
        return inner switch
        {
            "" => null,
            "*" => new WildcardStep(),
            ['?', '(', .. var condition, ')'] => Filter(condition.Trim()),
            ['\'' or '"', ..] => Names(inner),
            _ => Slice(inner),
        };
    }

    private int EndOfBracket(int start)
    {
        var depth = 0;
        var quote = '\0';
        for (var index = start; index < text.Length; index++)
        {
            var character = text[index];
            if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character == '[')
            {
                depth++;
            }
            else if (character == ']' && --depth == 0)
            {
                return index;
            }
        }

        return -1;
    }

    private static FieldStep? Names(string inner)
    {
        var names = new List<string>();
        foreach (var part in inner.Split(','))
        {
            if (Unquote(part.Trim()) is not { } name)
            {
                return null;
            }

            names.Add(name);
        }

        return new FieldStep(names);
    }

    private static string? Unquote(string quoted) =>
        quoted.Length >= 2 && quoted[0] is '\'' or '"' && quoted[^1] == quoted[0] ? quoted[1..^1].Replace("\\", "", StringComparison.Ordinal) : null;

    private static SliceStep? Slice(string inner)
    {
        var parts = inner.Split(':');
        var numbers = new int?[3];
        for (var index = 0; index < parts.Length; index++)
        {
            if (index == 3)
            {
                return null;
            }

            if (int.TryParse(parts[index].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                numbers[index] = number;
            }
            else if (parts.Length == 1 || parts[index].Trim().Length > 0)
            {
                return null;
            }
        }

        var step = numbers[2] ?? 1;
        return step > 0 ? new SliceStep(numbers[0], numbers[1], step, IsIndex: parts.Length == 1) : null;
    }

    private static FilterStep? Filter(string condition)
    {
        foreach (var name in Operators)
        {
            var at = condition.IndexOf(name, StringComparison.Ordinal);
            if (at > 0)
            {
                return Left(condition[..at].Trim()) is { } path && Right(condition[(at + name.Length)..].Trim()) is { } value ? new FilterStep(path, name, value) : null;
            }
        }

        return Left(condition) is { } only ? new FilterStep(only, "", default) : null;
    }

    private static IReadOnlyList<JsonPathStep>? Left(string side) =>
        side == "@" ? [] : side.StartsWith('@') ? new JsonPathParser(side[1..]).Parse() : null;

    private static JsonElement? Right(string side)
    {
        if (Unquote(side) is { } quoted)
        {
            side = $"\"{JsonEncodedText.Encode(quoted)}\"";
        }

        try
        {
            using var document = JsonDocument.Parse(side);
            return document.RootElement.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
