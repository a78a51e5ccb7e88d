using Strata.Api.Errors;

namespace Strata.Api.Selectors;

/// <summary>Recursive-descent parser of label selectors (behaviour: apimachinery pkg/labels/selector.go). Not thread-safe; used once.</summary>
internal sealed class LabelParser(string text)
{
    private int _position;

    private enum Kind : byte
    {
        End,
        Identifier,
        Symbol,
    }

    public LabelQuery Parse()
    {
        var requirements = new List<LabelRequirement>();
        if (Peek() is { Kind: Kind.End })
        {
            return LabelQuery.Everything;
        }

        while (true)
        {
            requirements.Add(ParseRequirement());
            var next = Next();
            if (next.Kind == Kind.End)
            {
                return LabelQuery.FromRequirements(requirements);
            }

            if (next.Text != ",")
            {
                throw Unexpected(next, "',' or 'end of string'");
            }

            var following = Peek();
            if (following.Kind != Kind.Identifier && following.Text != "!")
            {
                throw Unexpected(following, "identifier after ','");
            }
        }
    }

    private LabelRequirement ParseRequirement()
    {
        var first = Next();
        var isNegated = first is { Kind: Kind.Symbol, Text: "!" };
        var key = isNegated ? Next() : first;
        if (key.Kind != Kind.Identifier)
        {
            throw Unexpected(key, isNegated ? "identifier" : "!, identifier, or 'end of string'");
        }

        if (isNegated)
        {
            return LabelSyntax.Require(key.Text, LabelOperator.DoesNotExist, []);
        }

        if (Peek() is { Kind: Kind.End } or { Text: "," })
        {
            return LabelSyntax.Require(key.Text, LabelOperator.Exists, []);
        }

        var op = Next();
        return op.Text switch
        {
            "=" => LabelSyntax.Require(key.Text, LabelOperator.In, [ParseValue()], "="),
            "==" => LabelSyntax.Require(key.Text, LabelOperator.In, [ParseValue()], "=="),
            "!=" => LabelSyntax.Require(key.Text, LabelOperator.NotIn, [ParseValue()], "!="),
            ">" => LabelSyntax.Require(key.Text, LabelOperator.GreaterThan, [ParseValue()]),
            "<" => LabelSyntax.Require(key.Text, LabelOperator.LessThan, [ParseValue()]),
            "in" => LabelSyntax.Require(key.Text, LabelOperator.In, ParseValues()),
            "notin" => LabelSyntax.Require(key.Text, LabelOperator.NotIn, ParseValues()),
            _ => throw Unexpected(op, "in, notin, =, ==, !=, gt, lt"),
        };
    }

    // Nothing before the comma or the end is the empty value: "k=" and "k=,other".
    private string ParseValue()
    {
        var next = Peek();
        if (next.Kind == Kind.End || next is { Kind: Kind.Symbol, Text: "," })
        {
            return "";
        }

        Next();
        return next.Kind == Kind.Identifier ? next.Text : throw Unexpected(next, "identifier");
    }

    private List<string> ParseValues()
    {
        var open = Next();
        if (open is not { Kind: Kind.Symbol, Text: "(" })
        {
            throw Unexpected(open, "'('");
        }

        // An empty place between commas is the empty value: "k in (,a)" asks for "" or "a".
        var values = new List<string>();
        var needsValue = true;
        while (true)
        {
            var token = Next();
            switch (token)
            {
                case { Kind: Kind.Identifier } when needsValue:
                    AddOnce(values, token.Text);
                    needsValue = false;
                    break;
                case { Kind: Kind.Symbol, Text: "," or ")" }:
                    if (needsValue)
                    {
                        AddOnce(values, "");
                    }

                    if (token.Text == ")")
                    {
                        return values;
                    }

                    needsValue = true;
                    break;
                default:
                    throw Unexpected(token, needsValue ? "',', ')' or identifier" : "',' or ')'");
            }
        }
    }

    private static void AddOnce(List<string> values, string value)
    {
        if (!values.Contains(value))
        {
            values.Add(value);
        }
    }

    private (Kind Kind, string Text) Peek()
    {
        var start = _position;
        var token = Next();
        _position = start;
        return token;
    }

    private (Kind Kind, string Text) Next()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
        }

        if (_position >= text.Length)
        {
            return (Kind.End, "");
        }

        var start = _position++;
        switch (text[start])
        {
            case '(' or ')' or ',' or '<' or '>':
                return (Kind.Symbol, text[start.._position]);
            case '=' or '!':
                _position += _position < text.Length && text[_position] == '=' ? 1 : 0;
                return (Kind.Symbol, text[start.._position]);
        }

        while (_position < text.Length && text[_position] is not ('(' or ')' or ',' or '<' or '>' or '=' or '!' or ' ' or '\t' or '\r' or '\n'))
        {
            _position++;
        }

        return (Kind.Identifier, text[start.._position]);
    }

    private static ApiException Unexpected((Kind Kind, string Text) found, string expected) =>
        ApiErrors.BadRequest($"unable to parse requirement: found '{found.Text}', expected: {expected}");
}
