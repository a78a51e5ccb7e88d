using System.Text;

namespace Strata.Network.ServiceProxy;

/// <summary>Writes the nft commands that turn one ruleset into another, as one transaction.</summary>
internal static class RulesetDiff
{
    /// <summary>Commands that make the table hold exactly <paramref name="desired"/>, whatever was in it before, or if it did not exist.</summary>
    public static string Replace(Ruleset desired)
    {
        var text = new StringBuilder();
        // "add" first, so that "delete" succeeds when there is no table; both are part of one transaction.
        text.Append("add table ip ").Append(desired.Table).Append('\n');
        text.Append("delete table ip ").Append(desired.Table).Append('\n');
        text.Append("add table ip ").Append(desired.Table).Append('\n');
        Append(text, new Ruleset(desired.Table), desired);
        return text.ToString();
    }

    /// <summary>Commands for the difference; empty when there is none.</summary>
    public static string Between(Ruleset current, Ruleset desired)
    {
        var text = new StringBuilder();
        Append(text, current, desired);
        return text.ToString();
    }

    // The order is what the kernel's checks ask for: declare before use, drop references before what they point to.
    private static void Append(StringBuilder text, Ruleset current, Ruleset desired)
    {
        var table = desired.Table;
        var changed = new List<NftChain>();
        foreach (var set in desired.Sets.Values)
        {
            if (!current.Sets.ContainsKey(set.Name))
            {
                text.Append("add ").Append(set.Kind).Append(" ip ").Append(table).Append(' ').Append(set.Name)
                    .Append(" { ").Append(set.Spec).Append(" }\n");
            }
        }
        foreach (var chain in desired.Chains.Values)
        {
            if (!current.Chains.TryGetValue(chain.Name, out var old))
            {
                Command(text, "add chain", table, chain.Name);
                text.Append(chain.Hook is null ? "" : $" {{ {chain.Hook} }}").Append('\n');
                changed.Add(chain);
            }
            else if (!chain.SameRules(old))
            {
                Command(text, "flush chain", table, chain.Name).Append('\n');
                changed.Add(chain);
            }
        }
        AppendElements(text, "delete element", table, Missing(current.Elements, desired.Elements), withVerdict: false);
        foreach (var chain in changed)
        {
            foreach (var rule in chain.Rules)
            {
                Command(text, "add rule", table, chain.Name).Append(' ').Append(rule).Append('\n');
            }
        }
        AppendElements(text, "add element", table, Missing(desired.Elements, current.Elements), withVerdict: true);
        AppendRemovals(text, current, desired);
    }

    private static void AppendRemovals(StringBuilder text, Ruleset current, Ruleset desired)
    {
        var gone = current.Chains.Keys.Where(name => !desired.Chains.ContainsKey(name)).ToList();
        foreach (var name in gone)
        {
            Command(text, "flush chain", desired.Table, name).Append('\n'); // They may point at one another.
        }
        foreach (var name in gone)
        {
            Command(text, "delete chain", desired.Table, name).Append('\n');
        }
        foreach (var set in current.Sets.Values)
        {
            if (!desired.Sets.ContainsKey(set.Name))
            {
                Command(text, "delete " + set.Kind, desired.Table, set.Name).Append('\n');
            }
        }
    }

    /// <summary>What <paramref name="from"/> has and <paramref name="other"/> has not, or has with another verdict.</summary>
    private static List<KeyValuePair<NftElement, string>> Missing(
        Dictionary<NftElement, string> from, Dictionary<NftElement, string> other)
    {
        var missing = new List<KeyValuePair<NftElement, string>>();
        foreach (var element in from)
        {
            if (!other.TryGetValue(element.Key, out var verdict) || verdict != element.Value)
            {
                missing.Add(element);
            }
        }
        return missing;
    }

    private static void AppendElements(
        StringBuilder text, string verb, string table, List<KeyValuePair<NftElement, string>> elements, bool withVerdict)
    {
        // One command a set: nft's own cost is by command more than by element.
        foreach (var set in elements.GroupBy(static e => e.Key.Set))
        {
            Command(text, verb, table, set.Key).Append(" { ");
            var first = true;
            foreach (var (element, verdict) in set)
            {
                text.Append(first ? "" : ", ").Append(element.Key);
                if (withVerdict && verdict.Length > 0)
                {
                    text.Append(" : ").Append(verdict);
                }
                first = false;
            }
            text.Append(" }\n");
        }
    }

    private static StringBuilder Command(StringBuilder text, string verb, string table, string name) =>
        text.Append(verb).Append(" ip ").Append(table).Append(' ').Append(name);
}
