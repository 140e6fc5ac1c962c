//! The thresholds that are tried.

use crate::config::{Config, Configuration};
use crate::input::units::{Milliseconds, Mos, Percent, Seconds};
use strum::{IntoStaticStr, VariantArray};

/// A property that decides which calls alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "camelCase")]
pub enum Property {
    /// Round-trip time beyond which a second is bad.
    HighRttThreshold,
    /// Share of packets lost beyond which a second is bad.
    HighPacketsLostThreshold,
    /// Mean opinion score below which a second is bad.
    LowMosThreshold,
    /// Jitter beyond which a second is bad.
    HighJitterThreshold,
    /// Shorter calls alert.
    ShortCallThreshold,
    /// A call that ends under warning alerts: 0 or 1.
    EndedInWarningIsTrigger,
    /// A call alerts that was under warning for more of its duration.
    WarningDurPctThreshold,
    /// A call alerts of which a larger share of seconds was severely concealed.
    SeverelyConcealedPctThreshold,
}

impl Property {
    /// All of them; those first that say when a second is bad.
    pub const ALL: &[Self] = Self::VARIANTS;
    /// Those that say when a second is bad. Each has conditions of its own.
    pub(super) const OF_SECONDS: [Self; 4] =
        [Self::HighRttThreshold, Self::HighPacketsLostThreshold, Self::LowMosThreshold, Self::HighJitterThreshold];

    /// Those that say how much of a call may be bad.
    pub(super) const ABOUT_SECONDS: [Self; 2] = [Self::WarningDurPctThreshold, Self::EndedInWarningIsTrigger];
    /// Those that say which calls alert.
    pub(super) const OF_CALLS: [Self; 4] = [
        Self::WarningDurPctThreshold,
        Self::EndedInWarningIsTrigger,
        Self::ShortCallThreshold,
        Self::SeverelyConcealedPctThreshold,
    ];

    /// Its name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The values that are tried, ascending. None of them is so tight or so lax that the check of the configuration warns
    /// of it, but for the last ones of shares, which switch a rule off.
    fn values(self) -> &'static [f64] {
        match self {
            Self::HighRttThreshold => &[200.0, 250.0, 300.0, 350.0, 400.0, 500.0, 600.0, 800.0],
            Self::HighPacketsLostThreshold => &[1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0],
            Self::LowMosThreshold => &[2.5, 3.0, 3.3, 3.5, 3.7, 3.9, 4.1, 4.2],
            Self::HighJitterThreshold => &[15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0],
            Self::ShortCallThreshold => &[0.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0],
            Self::EndedInWarningIsTrigger => &[0.0, 1.0],
            Self::WarningDurPctThreshold => {
                &[2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 100.0]
            }
            Self::SeverelyConcealedPctThreshold => &[2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0],
        }
    }

    /// At this value, it makes no call alert, as far as the rules go.
    fn off(self) -> Option<f64> {
        match self {
            Self::ShortCallThreshold | Self::EndedInWarningIsTrigger => Some(0.0),
            Self::WarningDurPctThreshold | Self::SeverelyConcealedPctThreshold => Some(100.0),
            _ => None,
        }
    }

    fn read(self, config: &Config) -> f64 {
        match self {
            Self::HighRttThreshold => config.high_rtt_threshold.0,
            Self::HighPacketsLostThreshold => config.high_packets_lost_threshold.0,
            Self::LowMosThreshold => config.low_mos_threshold.0,
            Self::HighJitterThreshold => config.high_jitter_threshold.0,
            Self::ShortCallThreshold => config.short_call_threshold.0,
            Self::EndedInWarningIsTrigger => f64::from(u8::from(config.ended_in_warning_is_trigger)),
            Self::WarningDurPctThreshold => config.warning_dur_pct_threshold.0,
            Self::SeverelyConcealedPctThreshold => config.severely_concealed_pct_threshold.0,
        }
    }

    fn write(self, config: &mut Config, value: f64) {
        match self {
            Self::HighRttThreshold => config.high_rtt_threshold = Milliseconds(value),
            Self::HighPacketsLostThreshold => config.high_packets_lost_threshold = Percent(value),
            Self::LowMosThreshold => config.low_mos_threshold = Mos(value),
            Self::HighJitterThreshold => config.high_jitter_threshold = Milliseconds(value),
            Self::ShortCallThreshold => config.short_call_threshold = Seconds(value),
            Self::EndedInWarningIsTrigger => config.ended_in_warning_is_trigger = value > 0.0,
            Self::WarningDurPctThreshold => config.warning_dur_pct_threshold = Percent(value),
            Self::SeverelyConcealedPctThreshold => config.severely_concealed_pct_threshold = Percent(value),
        }
    }
}

/// One value for each property, by its place in the [`Grid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice([usize; Property::ALL.len()]);

impl Choice {
    /// The place of a property's value.
    pub(super) fn place(self, property: Property) -> usize {
        self.0.get(property as usize).copied().unwrap_or_default()
    }

    /// The same with another value for a property.
    pub(super) fn with(mut self, property: Property, place: usize) -> Self {
        if let Some(of) = self.0.get_mut(property as usize) {
            *of = place;
        }
        self
    }

    /// How many properties have another value, and by how many places of the grid.
    pub(super) fn difference(self, other: Self) -> (usize, usize) {
        let steps = self.0.iter().zip(other.0).map(|(one, other)| one.abs_diff(other));
        steps.fold((0, 0), |(changed, sum), steps| (changed + usize::from(steps > 0), sum + steps))
    }
}

/// What is tried of each property: usual values, and the one in force.
#[derive(Clone, Debug)]
pub struct Grid {
    values: Vec<Vec<f64>>,
    pub(super) now: Choice,
}

impl Grid {
    /// Around what is in force.
    #[must_use]
    pub fn new(now: &Config) -> Self {
        let values = |property: &Property| {
            let mut values = property.values().to_vec();
            values.push(property.read(now));
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let mut grid =
            Self { values: Property::ALL.iter().map(values).collect(), now: Choice([0; Property::ALL.len()]) };
        grid.now = grid.nearest(now);
        grid
    }

    /// The values of a property, ascending.
    pub(super) fn values(&self, property: Property) -> &[f64] {
        self.values.get(property as usize).map_or(&[], Vec::as_slice)
    }

    /// A property's value.
    pub(super) fn value(&self, property: Property, choice: Choice) -> f64 {
        self.values(property).get(choice.place(property)).copied().unwrap_or_default()
    }

    /// What is nearest to a configuration.
    pub(super) fn nearest(&self, config: &Config) -> Choice {
        self.choice(|property| Some(property.read(config)))
    }

    /// What makes no call alert, with the values in force where that does not matter.
    pub(super) fn silent(&self) -> Choice {
        self.choice(Property::off)
    }

    fn choice(&self, wanted: impl Fn(Property) -> Option<f64>) -> Choice {
        Property::ALL.iter().fold(self.now, |choice, property| {
            let Some(wanted) = wanted(*property) else { return choice };
            let distance = |value: &f64| (value - wanted).abs();
            let places = self.values(*property).iter().map(distance).enumerate();
            let nearest = places.min_by(|(_, one), (_, other)| one.total_cmp(other));
            nearest.map_or(choice, |(place, _)| choice.with(*property, place))
        })
    }

    /// A configuration with the values of a choice.
    #[cfg(test)]
    pub(super) fn config(&self, now: &Config, choice: Choice) -> Config {
        let mut config = now.clone();
        Property::ALL.iter().for_each(|property| property.write(&mut config, self.value(*property, choice)));
        config
    }

    /// What each call has to be played under, in the order that [`super::PlayedCall::new`] expects: the first thresholds
    /// of seconds together, then the second, and so on. Their conditions do not depend on each other.
    #[must_use]
    pub fn probes(&self, configuration: &Configuration) -> Vec<Configuration> {
        let most = Property::OF_SECONDS.into_iter().map(|property| self.values(property).len()).max();
        let probe = |place| {
            let mut probe = configuration.clone();
            let config = &mut probe.config;
            // Nothing of what agents see is wanted, and it takes time.
            (config.enabled, config.alert_agent, config.agent_tools) = (true, false, false);
            config.actions.clear();
            for property in Property::OF_SECONDS {
                let values = self.values(property);
                if let Some(value) = values.get(place).or(values.last()) {
                    property.write(config, *value);
                }
            }
            probe
        };
        (0..most.unwrap_or_default()).map(probe).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_check_of_the_configuration_warns_of_no_value_but_of_those_that_switch_a_rule_off() {
        for property in Property::ALL {
            for value in property.values() {
                let setting = match property {
                    Property::EndedInWarningIsTrigger => json!(*value > 0.0),
                    _ => json!(value),
                };
                let mut block = serde_json::to_value(Config::recommended()).unwrap();
                block[property.name()] = setting;
                let findings = Configuration::from_block(&block).findings;
                let is_off = property.off() == Some(*value);
                assert!(is_off || findings.is_empty(), "{findings:?}");
            }
        }
    }

    #[test]
    fn each_property_is_read_as_it_is_written_under_its_own_name() {
        for property in Property::ALL {
            let mut config = Config::default();
            property.write(&mut config, 1.0);
            assert_eq!(property.read(&config), 1.0);
            let (changed, before) = (serde_json::to_value(&config).unwrap(), json!(Config::default()));
            let differs = |name: &&String| changed[name.as_str()] != before[name.as_str()];
            let names: Vec<_> = before.as_object().unwrap().keys().filter(differs).collect();
            assert_eq!(names, [property.name()]);
            assert_ne!(changed[property.name()], Value::Null);
        }
    }

    #[test]
    fn what_is_in_force_is_among_the_values_whatever_it_is() {
        let config = Config { high_rtt_threshold: Milliseconds(333.0), ..Config::default() };
        let grid = Grid::new(&config);
        for property in Property::ALL {
            assert_eq!(grid.value(*property, grid.now), property.read(&config));
        }
        assert!(grid.values(Property::HighRttThreshold).contains(&333.0));
        assert_eq!(grid.nearest(&config), grid.now);
    }
}
